import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { listRuns, type RunLine } from '../../jobs/runs/list-runs.js';
import type { CommandModule } from '../shell/command-module.js';
import { limitOption } from '../shell/count-option.js';
import { type Column, printJson, printTable } from '../shell/output.js';

export const command: CommandModule<[], { limit?: string }> = {
  configure(cmd) {
    cmd.option('--limit <n>');
  },
  async run(context, _args, options) {
    const limit = limitOption(options.limit);
    const target = await resolveTarget(context.bookFolder, context.env);
    const runs = await withClient(target, { applicationName: 'loanbook runs' }, async (client) => {
      await requireMigrated(client);
      return listRuns(client, limit);
    });
    if (context.json) printJson(context.stdout, { runs });
    else if (runs.length === 0) context.note('nothing ran yet');
    else printTable(context.stdout, COLUMNS, runs);
  },
};

const COLUMNS: readonly Column<RunLine>[] = [
  { key: 'runId', title: 'run', align: 'right' },
  { key: 'job', title: 'job' },
  { key: 'businessDate', title: 'day' },
  { key: 'key', title: 'of', format: (key: string | null) => shortKey(key) },
  { key: 'status', title: 'status' },
  { key: 'outcome', title: 'ended', format: (outcome: string | null) => outcome ?? '' },
  { key: 'attempts', title: 'attempts', align: 'right' },
  { key: 'tasksDone', title: 'tasks', align: 'right', format: (_, run) => tasksOf(run) },
  { key: 'read', title: 'read', align: 'right' },
  { key: 'written', title: 'written', align: 'right' },
  { key: 'held', title: 'held', align: 'right' },
  { key: 'events', title: 'events', align: 'right' },
  { key: 'rejected', title: 'rejected', align: 'right' },
  { key: 'createdAt', title: 'created' },
  { key: 'finishedAt', title: 'finished' },
];

const KEY_CHARS = 28;

/** A digest is known by its first characters. */
function shortKey(key: string | null): string {
  return key === null || key.length <= KEY_CHARS ? (key ?? '') : `${key.slice(0, KEY_CHARS)}…`;
}

function tasksOf(run: RunLine): string {
  return `${run.tasksDone}/${run.tasks}`;
}
