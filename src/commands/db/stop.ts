import { stopEmbedded } from '../../db/embedded/embedded.js';
import { externalTarget } from '../../db/resolve-target.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const external = externalTarget(context.env);
    if (external !== undefined) {
      const { host, port, database } = external;
      throw new LoanbookError('server_not_managed', 'loanbook does not manage this server.', {
        exitCode: EXIT.usage,
        evidence: { host, port, database },
        next: 'Unset DATABASE_URL and the PG* variables to stop the embedded server of the book.',
      });
    }
    const stopped = await stopEmbedded(context.bookFolder);
    printOutcome(context, { server: 'embedded', state: stopped ? 'stopped' : 'was not running' });
  },
};
