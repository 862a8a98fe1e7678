import { EXIT, LoanbookError } from '../../../errors.js';
import type { RejectFile } from '../../../files/rejects/reject-file.js';

/** Options of a command that say how its files are read, without their dashes. */
export type NamedOptions = Readonly<Record<string, string | undefined>>;

/** Text that a shell takes as it stands. */
const PLAIN = /^[\p{L}\p{N}_./:@%+=,-]+$/u;

/** The command that imports a file of rejected rows: it is read as the file that they come from. */
export function rejectsCommand(command: string, file: string, named: NamedOptions): string {
  const options = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, shellWord(value)],
  );
  return ['loanbook', command, shellWord(file), ...options].join(' ');
}

function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Such as `malformed_rate 12`, the rule of most rows first. */
export function ruleLines(byRule: Readonly<Record<string, number>>): string[] {
  return Object.entries(byRule).map(([rule, rows]) => `${rule} ${rows}`);
}

interface TooMany {
  readonly file: string;
  readonly rows: number;
  readonly rejects: RejectFile;
  readonly shown: readonly object[];
  readonly maxRejects: number;
  /** As `rejectsCommand` says. */
  readonly command: string;
}

/** The error of a file with more rejected rows than may be. */
export function tooManyRejects({ file, rows, rejects, shown, ...of }: TooMany): LoanbookError {
  const { maxRejects, command } = of;
  return new LoanbookError('too_many_rejects', 'Too many rows were rejected: nothing went in.', {
    exitCode: EXIT.tooManyRejects,
    evidence: {
      ...{ file, rows, rejected: rejects.count },
      ...{ byRule: ruleLines(rejects.byRule).join(', '), maxRejects, rejectFile: rejects.path },
    },
    rows: shown.map((row) => ({ ...row })),
    next:
      `Correct the rows in the file, or let the others in by --max-rejects ${rejects.count}. ` +
      `Then correct those in the reject file, and import it: ${command}. ` +
      '`loanbook import explain RULE` says what a rule means.',
  });
}
