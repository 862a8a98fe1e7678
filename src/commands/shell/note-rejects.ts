import type { ShownReject } from '../../jobs/import/rejects/import-rejects.js';
import { ruleLines } from '../../jobs/import/rejects/next-of-rejects.js';
import type { CommandContext } from './context.js';
import { rowLine } from './error-report.js';

interface Rejected {
  readonly rejected: number;
  readonly byRule: Readonly<Record<string, number>>;
  /** The first of them. */
  readonly shown: readonly Omit<ShownReject, 'loan'>[];
  readonly file: string | null;
  /** The command that imports that file. */
  readonly next: string | undefined;
}

/** Says for a person which rows were rejected, by which rules, and where they are. */
export function noteRejects(context: CommandContext, { rejected, byRule, ...of }: Rejected): void {
  if (of.file !== null) context.note(`Rejected rows are in ${of.file}.`);
  if (of.shown.length === 0) return;
  for (const row of of.shown) context.note(`  ${rowLine({ ...row })}`);
  if (of.shown.length < rejected) context.note(`  and ${rejected - of.shown.length} more`);
  context.note(
    `By rule: ${ruleLines(byRule).join(', ')}. ` +
      '`loanbook import explain RULE` says what each means.',
  );
  if (of.next !== undefined) context.note(`Correct them there, then: ${of.next}`);
}
