import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { type Report, recordTable, tableOf } from '../../files/report.js';
import { type RunView, showRun } from '../../jobs/eod/run/show-run.js';
import type { CommandModule } from '../shell/command-module.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

export const command: CommandModule<[string], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd.argument('<run-id>'));
  },
  async run(context, [text], flags) {
    const runId = idArgument(ID.run, text);
    const way = wayOut(context, flags);
    const target = await resolveTarget(context.bookFolder, context.env);
    const run = await withClient(target, { applicationName: 'loanbook runs' }, async (client) => {
      await requireMigrated(client);
      return showRun(client, runId);
    });
    await putReport(context, reportOf(run), way, { document: run });
  },
};

function reportOf(run: RunView): Report {
  const { heldLoans, job } = run;
  const isClose = job === 'eod';
  const head = recordTable('run', headOf(run, isClose), KINDS, { inWords: true });
  const steps = tableOf('steps', isClose ? STEP_COLUMNS : PHASE_COLUMNS, run.steps, {
    title: `steps: ${run.tasksDone} of ${run.tasks} tasks done`,
  });
  const executions = tableOf('executions', EXECUTION_COLUMNS, run.executions, {
    title: 'executions',
  });
  if (!isClose) return { head: {}, main: 'steps', tables: [head, steps, executions] };
  const amounts = Object.keys(run.controlTotals).map((key) => [key, 'amount'] as const);
  const totals = recordTable('totals', run.controlTotals, Object.fromEntries(amounts), {
    title: 'control totals',
  });
  const held = tableOf('heldLoans', HELD_COLUMNS, heldLoans, {
    title: `held loans: ${heldLoans.length}`,
    screen: { isOptional: true },
  });
  return {
    head: {},
    main: 'steps',
    tables: [head, steps, totals, executions, held],
    notes: heldLoans.length === 0 ? ['held loans: 0'] : [],
  };
}

const KINDS = { businessDay: 'date', created: 'time' } as const;

function headOf(run: RunView, isClose: boolean) {
  return {
    run: run.runId,
    job: run.job,
    ...(run.key !== null && { of: run.key }),
    businessDay: run.businessDate,
    status: run.status,
    engineVersion: run.engineVersion,
    created: run.createdAt,
    finished: run.finishedAt ?? 'not yet',
    ...(isClose && {
      contentHash: run.contentHash ?? 'not sealed',
      chainHash: run.chainHash ?? 'not sealed',
    }),
  };
}

const STEP_COLUMNS = {
  phase: 'text',
  task: 'count',
  status: 'text',
  attempt: 'count',
  read: 'count',
  written: 'count',
  born: 'count',
  returned: 'count',
  closed: 'count',
  held: 'count',
  events: 'count',
  rejected: 'count',
  milliseconds: ['count', 'ms'],
  hash: 'hash',
} as const;

/** Of a job that is no close. */
const PHASE_COLUMNS = {
  phase: 'text',
  status: 'text',
  attempt: 'count',
  read: 'count',
  written: 'count',
  milliseconds: ['count', 'ms'],
} as const;

const EXECUTION_COLUMNS = {
  attempt: 'count',
  holder: 'text',
  workers: 'count',
  startedAt: ['time', 'started'],
  endedAt: ['time', 'ended'],
  outcome: 'text',
  message: 'text',
} as const;

const HELD_COLUMNS = { loanNo: ['text', 'loan'], since: 'date', reason: 'text' } as const;
