import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT } from '../../errors.js';
import { paymentChannel } from '../../jobs/payments/deduction-channel.js';
import { takeResult } from '../../jobs/payments/take-result.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { configureWait, waitsOf } from '../shell/wait-option.js';

interface Flags {
  readonly channel?: string;
  readonly returns?: boolean;
  readonly by?: string;
  readonly dryRun?: boolean;
  readonly wait?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd
      .argument('<file>')
      .option('--channel <code>')
      .option('--returns')
      .option('--by <name>')
      .option('--dry-run');
    configureWait(cmd);
  },
  async run(context, [file], { channel: code, returns: isReturns, dryRun, ...flags }) {
    const waits = waitsOf(context, flags);
    const actor = { by: flags.by, act: 'payment' } as const;
    const { taken, text } = await actInBook(context, actor, async (client, by) => {
      const channel = await paymentChannel(client, code);
      const options = { file, by, isReturns, dryRun, waits };
      const outcome = await takeResult(client, channel, options);
      return { taken: outcome, text: formatAmount(outcome.amount, channel.minorDigits) };
    });
    const { breaks, ...said } = taken;
    const shown = breaks.map(({ line, type }) => `line ${line} ${type}`);
    printOutcome(context, { ...said, amount: text, breaks: shown });
    noteDoneBefore(context, taken.outcome);
    return breaks.length > 0 ? EXIT.difference : EXIT.done;
  },
};
