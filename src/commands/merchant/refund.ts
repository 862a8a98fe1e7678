import { formatAmount } from '../../accounting/money/amount-text.js';
import { refundOrders } from '../../jobs/funding/merchant/refund-orders.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { configureWait, waitsOf } from '../shell/wait-option.js';

interface Options {
  readonly dryRun?: boolean;
  readonly by?: string;
  readonly wait?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    configureWait(cmd.argument('<file>').option('--dry-run').option('--by <name>'));
  },
  async run(context, [file], { dryRun = false, by, wait }) {
    const waits = waitsOf(context, wait === undefined ? {} : { wait });
    const actor = { by, act: 'partner', isNamed: false } as const;
    const { amount, minorDigits, ...rest } = await actInBook(context, actor, (client, person) =>
      refundOrders(client, { file, by: person, dryRun, waits }),
    );
    printOutcome(context, { ...rest, amount: formatAmount(amount, minorDigits) });
    noteDoneBefore(context, rest.outcome);
    return undefined;
  },
};
