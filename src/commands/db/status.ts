import { embeddedStatus } from '../../db/embedded/embedded.js';
import { pendingMigrations } from '../../db/migrate.js';
import { externalTarget, resolveTarget } from '../../db/resolve-target.js';
import type { DatabaseTarget } from '../../db/target.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { printOutcome } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const external = externalTarget(context.env);
    if (external === undefined) return showEmbedded(context);
    const { host, port, database, user } = external;
    const schema = await schemaState(external);
    printOutcome(context, { server: 'external', host, port, database, user, ...schema });
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
  const schema = await schemaState(await resolveTarget(context.bookFolder, context.env));
  printOutcome(context, { ...server, ...places, ...schema });
}

async function schemaState(target: DatabaseTarget) {
  const { version, latest, pending } = await pendingMigrations(target);
  return { schemaVersion: version, schemaLatest: latest, pending };
}
