import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { tableOf } from '../../files/report.js';
import { listRuns } from '../../jobs/runs/list-runs.js';
import type { CommandModule } from '../shell/command-module.js';
import { limitOption } from '../shell/count-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

export const command: CommandModule<[], ReportFlags & { limit?: string }> = {
  configure(cmd) {
    configureReport(cmd.option('--limit <n>'));
  },
  async run(context, _args, options) {
    const limit = limitOption(options.limit);
    const way = wayOut(context, options);
    const target = await resolveTarget(context.bookFolder, context.env);
    const runs = await withClient(target, { applicationName: 'loanbook runs' }, async (client) => {
      await requireMigrated(client);
      return listRuns(client, limit);
    });
    if (runs.length === 0) context.note('nothing ran yet');
    const lines = runs.map((run) => ({
      ...run,
      of: shortKey(run.key),
      progress: `${run.tasksDone}/${run.tasks}`,
    }));
    const table = tableOf('runs', COLUMNS, lines, { screen: { isOptional: true } });
    await putReport(context, { head: {}, tables: [table] }, way, { document: { runs } });
  },
};

const COLUMNS = {
  runId: ['count', 'run'],
  job: 'text',
  businessDate: ['date', 'day'],
  of: 'text',
  status: 'text',
  outcome: ['text', 'ended'],
  attempts: 'count',
  progress: ['figure', 'tasks'],
  read: 'count',
  written: 'count',
  held: 'count',
  events: 'count',
  rejected: 'count',
  createdAt: ['time', 'created'],
  finishedAt: ['time', 'finished'],
} as const;

const KEY_CHARS = 28;

/** A digest is known by its first characters. */
function shortKey(key: string | null): string {
  return key === null || key.length <= KEY_CHARS ? (key ?? '') : `${key.slice(0, KEY_CHARS)}…`;
}
