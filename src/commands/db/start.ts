import { embeddedStatus, startEmbedded } from '../../db/embedded/embedded.js';
import { externalTarget } from '../../db/resolve-target.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const external = externalTarget(context.env);
    if (external !== undefined) {
      context.note(
        'The environment names a server that loanbook does not manage; nothing to start.',
      );
      const { host, port, database } = external;
      printOutcome(context, { server: 'external', host, port, database });
      return;
    }
    const { running: wasRunning } = await embeddedStatus(context.bookFolder);
    await startEmbedded(context.bookFolder);
    const { pid, version, dataFolder, socketFolder, logFile } = await embeddedStatus(
      context.bookFolder,
    );
    const state = wasRunning ? 'was running' : 'started';
    const places = { dataFolder, socketFolder, logFile };
    printOutcome(context, { server: 'embedded', state, pid, version, ...places });
  },
};
