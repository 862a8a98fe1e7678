import { releaseOrder } from '../../jobs/payments/release-order.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';
import { actInBook, noteWaiting } from '../shell/person-option.js';

interface Flags {
  readonly reason: string;
  readonly by?: string;
  readonly checker?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd
      .argument('<order>')
      .requiredOption('--reason <text>')
      .option('--by <name>')
      .option('--checker <name>');
  },
  async run(context, [order], { reason, by, checker }) {
    const actor = { by, act: 'payment_release' } as const;
    const released = await actInBook(context, actor, (client, person) =>
      releaseOrder(client, order, { reason, by: person, checker }),
    );
    printOutcome(context, { ...released });
    noteWaiting(context, released.approval);
    return undefined;
  },
};
