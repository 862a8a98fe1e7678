import { resolveBreak } from '../jobs/reconcile/resolve-break.js';
import { inBook } from './book-session.js';
import { breakId } from './break-id.js';
import type { CommandModule } from './command-module.js';
import { printOutcome } from './output.js';
import { actor } from './reconcile-options.js';

interface Flags {
  readonly as: string;
  readonly reason: string;
  readonly by?: string;
  readonly checker?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd
      .argument('<break>')
      .requiredOption('--as <resolution>')
      .requiredOption('--reason <text>')
      .option('--by <name>')
      .option('--checker <name>');
  },
  async run(context, [text], { as, reason, by, checker }) {
    const id = breakId(text);
    const options = { as, reason, by: actor(by), checker };
    const entries = await inBook(context, (client) => resolveBreak(client, id, options));
    printOutcome(context, { break: id, resolution: as, entries });
    return undefined;
  },
};
