import type { Command } from 'commander';
import type pg from 'pg';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { RejectPlace } from '../../../files/rejects/reject-place.js';
import { type FileToImport, importTaken } from '../../../jobs/files/import-taken.js';
import { rejectPlace } from '../../../jobs/files/tidy/reject-place.js';
import type { CommandContext } from '../context.js';

/** Option of every command that takes a file, named or out of the inbox. */
export interface RegistryFlags {
  /** The code of a rule; true: the one that is called like the kind of file. */
  readonly fromRegistry?: string | true;
  readonly dryRun?: boolean;
}

export function configureRegistry(cmd: Command): void {
  cmd.option('--from-registry [rule]');
}

interface Importing<T> {
  readonly context: CommandContext;
  /** Such as `repayments`: the rule where none is named. */
  readonly kind: string;
  readonly file: string | undefined;
  readonly flags: RegistryFlags;
  readonly importOne: (
    client: pg.Client,
    file: Partial<FileToImport> & { file: string; place: RejectPlace },
  ) => Promise<T>;
}

/** What came of the files, and whether they came out of the inbox. */
interface Imported<T> {
  readonly outcomes: readonly T[];
  readonly isRegistry: boolean;
}

/**
 * Imports the file that is named, or the ready ones of a rule. Throws LoanbookError
 * `options_contradict` (2) unless it is one of the two, and what the import and `importTaken`
 * throw.
 */
export async function importNamed<T extends { readonly importId: number | null }>(
  client: pg.Client,
  { context, kind, file, flags, importOne }: Importing<T>,
): Promise<Imported<T>> {
  const place = rejectPlace(client, context.bookFolder);
  if (flags.fromRegistry === undefined) {
    return { outcomes: [await importOne(client, { file: file!, place })], isRegistry: false };
  }
  const { outcomes, reason } = await importTaken(client, {
    home: context.bookFolder,
    rule: flags.fromRegistry === true ? kind : flags.fromRegistry,
    signal: context.signal,
    importOne: (taken) => importOne(client, { ...taken, place }),
    saysOf: ({ importId }) => (importId === null ? 'nothing new' : `import ${importId}`),
  });
  if (reason === 'done_before') context.note('This had been done before: the files are done.');
  if (reason === 'not_due') context.note('No file of the rule is due for the open date.');
  return { outcomes, isRegistry: true };
}

/** Before anything is read: a file is named, or a rule, and a rule is no dry run. */
export function requireOneSource(file: string | undefined, flags: RegistryFlags): void {
  const isTaken = flags.fromRegistry !== undefined;
  const next = isTaken
    ? 'Leave the file away, or --from-registry; a dry run looks at a file that is named.'
    : 'Name a file, or say --from-registry.';
  if (isTaken !== (file === undefined) || (isTaken && flags.dryRun)) {
    throw new LoanbookError('options_contradict', 'A file is named, or taken out of the inbox.', {
      exitCode: EXIT.usage,
      evidence: { options: 'file, --from-registry, --dry-run' },
      next,
    });
  }
}
