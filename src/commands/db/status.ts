import { embeddedStatus } from '../../db/embedded/embedded.js';
import { pendingMigrations } from '../../db/migrate.js';
import { externalTarget, resolveTarget } from '../../db/resolve-target.js';
import type { DatabaseTarget } from '../../db/target.js';
import { stagedImport } from '../../jobs/import/tasks/staged-import.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { printOutcome } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const external = externalTarget(context.env);
    if (external === undefined) return showEmbedded(context);
    const { host, port, database, user } = external;
    const schema = await schemaState(external);
    const staged = await stagedState(external);
    printOutcome(context, { server: 'external', host, port, database, user, ...schema, ...staged });
  },
};

async function showEmbedded(context: CommandContext): Promise<undefined> {
  const status = await embeddedStatus(context.bookFolder);
  const { installed, running, pid, version, dataFolder, socketFolder, logFile } = status;
  const server = { server: 'embedded', installed, running, pid, version };
  const places = { dataFolder, socketFolder, logFile };
  if (!running) {
    printOutcome(context, { ...server, ...places });
    return;
  }
  const target = await resolveTarget(context.bookFolder, context.env);
  const schema = await schemaState(target);
  const staged = await stagedState(target);
  printOutcome(context, { ...server, ...places, ...schema, ...staged });
}

async function schemaState(target: DatabaseTarget) {
  const { version, latest, pending } = await pendingMigrations(target);
  return { schemaVersion: version, schemaLatest: latest, pending };
}

/** What an import of loans has laid out beside the book; nothing where there is none. */
async function stagedState(target: DatabaseTarget) {
  const staged = await stagedImport(target);
  if (staged === undefined) return {};
  const { isUnderWay, tasks, rows, rejected, sha256 } = staged;
  return {
    stagedImport: isUnderWay ? 'under way' : 'left',
    stagedTasks: tasks,
    stagedRows: rows,
    stagedRejected: rejected,
    stagedSha256: sha256,
    stagedNext: isUnderWay
      ? 'Wait for it: `loanbook runs list` shows it.'
      : 'Import the same file again: it goes on with these tasks, of which nothing is in the ' +
        'book. Another large file of loans takes their place.',
  };
}
