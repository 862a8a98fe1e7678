import type { Command } from 'commander';
import type pg from 'pg';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { ImportOptions } from '../../../jobs/import/import-file.js';
import type { ImportOutcome } from '../../../jobs/import/import-outcome.js';
import { ruleLines } from '../../../jobs/import/rejects/next-of-rejects.js';
import type { ImportKindName } from '../../../jobs/import/row-intake.js';
import type { CommandContext } from '../../shell/context.js';
import { countOption } from '../../shell/count-option.js';
import { noteRejects } from '../../shell/note-rejects.js';
import { printJson, printOutcome } from '../../shell/output.js';
import { actInBook } from '../../shell/person-option.js';
import { fileBars } from '../../shell/progress.js';
import {
  configureRegistry,
  importNamed,
  type RegistryFlags,
  requireOneSource,
} from '../../shell/register/from-registry.js';
import { configureSender, type SenderFlags, senderSays } from '../../shell/sender-options.js';
import { configureWait, waitsOf } from '../../shell/wait-option.js';

/** Options that every import takes. */
export interface ImportFlags extends SenderFlags, RegistryFlags {
  readonly mapping?: string;
  readonly layout?: string;
  readonly maxRejects?: string;
  readonly rejectFile?: string;
  readonly again?: boolean;
  readonly wait?: string;
  readonly by?: string;
}

export function configureImport(cmd: Command): void {
  cmd
    .argument('[file]')
    .option('--mapping <file>')
    .option('--layout <layout>')
    .option('--max-rejects <count>')
    .option('--reject-file <file>')
    .option('--again')
    .option('--dry-run')
    .option('--by <name>');
  configureRegistry(cmd);
  configureSender(cmd);
  configureWait(cmd);
}

/** Imports a file with a progress bar and prints what went in. */
export async function runImport(
  context: CommandContext,
  kind: ImportKindName,
  file: string | undefined,
  flags: ImportFlags,
  importer: (client: pg.Client, options: ImportOptions) => Promise<ImportOutcome>,
): Promise<void> {
  requireOneSource(file, flags);
  const maxRejects = countOption('--max-rejects', flags.maxRejects, 0, 999_999_999);
  const bars = fileBars(context, 'import');
  const onProgress = (done: number, total: number) => bars.onProgress(kind, done, total);
  const { mapping, layout, rejectFile, again, dryRun } = flags;
  if (mapping !== undefined && layout !== undefined) throw bothNamed();
  const { signal } = context;
  const says = senderSays(flags);
  const waits = waitsOf(context, flags);
  const taking = { maxRejects, rejectFile, again, dryRun, waits };
  const named = { by: flags.by, book: context.namedBook };
  const options = { mapping, layout, says, ...taking, named, signal, onProgress };
  const actor = { by: flags.by, act: 'import', isNamed: false } as const;
  const imported = await actInBook(context, actor, (client) =>
    importNamed(client, {
      ...{ context, kind, file, flags },
      importOne: (session, from) => importer(session, { ...options, ...from }),
    }),
  ).finally(bars.finish);
  const { outcomes, isRegistry } = imported;
  if (!context.json) for (const outcome of outcomes) show(context, outcome);
  else if (isRegistry) printJson(context.stdout, { files: outcomes.map(documentOf) });
  else printJson(context.stdout, documentOf(outcomes[0]!));
}

function bothNamed(): LoanbookError {
  return new LoanbookError('options_contradict', 'A file is read by a mapping or by a layout.', {
    exitCode: EXIT.usage,
    evidence: { options: '--mapping, --layout' },
    next: 'Name one of them; `loanbook layout migrate` makes a layout of a mapping.',
  });
}

/** What a program reads. */
function documentOf(outcome: ImportOutcome): object {
  const { rejectedByRule, rejects, next, rejectFile, importId, dryRun } = outcome;
  const byRule = rejectedByRule ? ruleLines(rejectedByRule) : undefined;
  const record = { ...recordOf(outcome), rejectedByRule: byRule, rejectFile, importId, dryRun };
  return { ...record, rejects, next };
}

function recordOf(outcome: ImportOutcome) {
  const { minorDigits, amount, rejectFile, importId, dryRun, schedules, ages, ...read } = outcome;
  const { rejectedByRule: _, rejects: __, delta, next: ___, ...counts } = read;
  return {
    ...counts,
    ...delta,
    amount: formatAmount(amount, minorDigits),
    rejectedByRule: undefined,
    schedulesFile: schedules?.file,
    schedulesSha256: schedules?.sha256,
    schedulesRead: schedules?.read,
    schedulesTaken: schedules?.taken,
    agesDiffering: ages?.differing,
    rejectFile: rejectFile ?? undefined,
    importId: importId ?? undefined,
    dryRun: dryRun || undefined,
  };
}

function show(context: CommandContext, outcome: ImportOutcome): void {
  const { rejectFile, importId, rejectedByRule, ages, rejects, next } = outcome;
  printOutcome(context, recordOf(outcome));
  if (outcome.doneBefore) context.note(`This had been done before: import ${importId}.`);
  noteRejects(context, {
    rejected: outcome.rowsRejected,
    byRule: rejectedByRule ?? {},
    shown: rejects ?? [],
    file: rejectFile,
    next,
  });
  for (const { loanNo, field, said, here } of ages?.first ?? []) {
    context.note(`Loan ${loanNo}: ${field} is ${here} here, the file says ${said}.`);
  }
  if (outcome.rowsRead === 0) context.note('The file has a header and no rows.');
}
