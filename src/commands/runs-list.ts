import { withClient } from '../db/connect.js';
import { requireMigrated } from '../db/migrate.js';
import { resolveTarget } from '../db/resolve-target.js';
import { EXIT, LoanbookError } from '../errors.js';
import { listRuns, type RunLine } from '../jobs/runs/list-runs.js';
import type { CommandModule } from './command-module.js';
import { type Column, printJson, printTable } from './output.js';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000_000;

export const command: CommandModule<[], { limit?: string }> = {
  configure(cmd) {
    cmd.option('--limit <n>');
  },
  async run(context, _args, options) {
    const limit = parseLimit(options.limit);
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

function parseLimit(text: string | undefined): number {
  if (text === undefined) return LIMIT_DEFAULT;
  const limit = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new LoanbookError('malformed_number', `--limit is not a number from 1 to ${LIMIT_MAX}`, {
    exitCode: EXIT.usage,
    evidence: { option: '--limit', value: text },
    next: 'give --limit a whole number',
  });
}

const COLUMNS: readonly Column<RunLine>[] = [
  { key: 'runId', title: 'run', align: 'right' },
  { key: 'job', title: 'job' },
  { key: 'businessDate', title: 'day' },
  { key: 'status', title: 'status' },
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

function tasksOf(run: RunLine): string {
  return `${run.tasksDone}/${run.tasks}`;
}
