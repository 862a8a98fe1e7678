import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { type RunView, showRun } from '../../jobs/eod/run/show-run.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { type Column, printJson, printRecord, printTable } from '../shell/output.js';

export const command: CommandModule<[string]> = {
  configure(cmd) {
    cmd.argument('<run-id>');
  },
  async run(context, [text]) {
    const runId = idArgument(ID.run, text);
    const target = await resolveTarget(context.bookFolder, context.env);
    const run = await withClient(target, { applicationName: 'loanbook runs' }, async (client) => {
      await requireMigrated(client);
      return showRun(client, runId);
    });
    if (context.json) printJson(context.stdout, run);
    else printRun(context.stdout, run);
  },
};

function printRun(out: CommandContext['stdout'], run: RunView): void {
  const isClose = run.job === 'eod';
  printRecord(out, {
    run: run.runId,
    job: run.job,
    of: run.key ?? undefined,
    'business day': run.businessDate,
    status: run.status,
    'engine version': run.engineVersion,
    created: run.createdAt,
    finished: run.finishedAt ?? 'not yet',
    'content hash': isClose ? (run.contentHash ?? 'not sealed') : undefined,
    'chain hash': isClose ? (run.chainHash ?? 'not sealed') : undefined,
  });
  out.write(`\nsteps: ${run.tasksDone} of ${run.tasks} tasks done\n\n`);
  printTable(out, isClose ? STEP_COLUMNS : PHASE_COLUMNS, run.steps);
  if (isClose) {
    out.write('\ncontrol totals\n\n');
    printRecord(out, run.controlTotals);
  }
  out.write('\nexecutions\n\n');
  printTable(out, EXECUTION_COLUMNS, run.executions);
  if (!isClose) return;
  out.write(`\nheld loans: ${run.heldLoans.length}\n`);
  if (run.heldLoans.length === 0) return;
  out.write('\n');
  printTable(out, HELD_COLUMNS, run.heldLoans);
}

const STEP_COLUMNS: readonly Column<RunView['steps'][number]>[] = [
  { key: 'phase', title: 'phase' },
  { key: 'task', title: 'task', align: 'right' },
  { key: 'status', title: 'status' },
  { key: 'attempt', title: 'attempt', align: 'right' },
  { key: 'read', title: 'read', align: 'right' },
  { key: 'written', title: 'written', align: 'right' },
  { key: 'born', title: 'born', align: 'right' },
  { key: 'returned', title: 'returned', align: 'right' },
  { key: 'closed', title: 'closed', align: 'right' },
  { key: 'held', title: 'held', align: 'right' },
  { key: 'events', title: 'events', align: 'right' },
  { key: 'rejected', title: 'rejected', align: 'right' },
  { key: 'milliseconds', title: 'ms', align: 'right' },
  { key: 'hash', title: 'hash', format: (hash: string | null) => (hash ?? '').slice(0, 12) },
];

const PHASE_COLUMNS = STEP_COLUMNS.filter(({ key }) =>
  ['phase', 'status', 'attempt', 'read', 'written', 'milliseconds'].includes(key),
);

const EXECUTION_COLUMNS: readonly Column<RunView['executions'][number]>[] = [
  { key: 'attempt', title: 'attempt', align: 'right' },
  { key: 'holder', title: 'holder' },
  { key: 'workers', title: 'workers', align: 'right' },
  { key: 'startedAt', title: 'started' },
  { key: 'endedAt', title: 'ended' },
  { key: 'outcome', title: 'outcome' },
  { key: 'message', title: 'message' },
];

const HELD_COLUMNS: readonly Column<RunView['heldLoans'][number]>[] = [
  { key: 'loanNo', title: 'loan' },
  { key: 'since', title: 'since' },
  { key: 'reason', title: 'reason' },
];
