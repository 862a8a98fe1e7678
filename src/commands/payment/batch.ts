import { formatAmount } from '../../accounting/money/amount-text.js';
import { sealerOf } from '../../jobs/parties/book-keys.js';
import { paymentChannel } from '../../jobs/payments/deduction-channel.js';
import { makeBatches } from '../../jobs/payments/make-batches.js';
import { requireFolder, writeAgain, writeBatches } from '../../jobs/payments/write-batches.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { dayOption } from '../shell/day-option.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { configureWait, waitsOf } from '../shell/wait-option.js';

interface Flags {
  readonly channel?: string;
  readonly date?: string;
  readonly out: string;
  readonly again?: string;
  readonly by?: string;
  readonly dryRun?: boolean;
  readonly wait?: string;
}

const BATCHES_MAX = 2 ** 31 - 1;

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    cmd
      .option('--channel <code>')
      .option('--date <date>')
      .requiredOption('--out <folder>')
      .option('--again <batch>')
      .option('--by <name>')
      .option('--dry-run');
    configureWait(cmd);
  },
  async run(context, _args, flags) {
    const { out: folder, dryRun = false } = flags;
    const date = dayOption('--date', flags.date);
    const again = countOption('--again', flags.again, 1, BATCHES_MAX);
    await requireFolder(folder);
    const actor = { by: flags.by, act: 'payment' } as const;
    const outcome = await actInBook(context, actor, async (client, by) => {
      const channel = await paymentChannel(client, flags.channel);
      const sealer = await sealerOf(client, keySourceOf(context));
      const { terms, minorDigits } = channel;
      const target = { ...channel, folder };
      const shown = (fen: number) => formatAmount(fen, minorDigits);
      if (again !== undefined) {
        const { amount, ...written } = await writeAgain(client, sealer, again, target);
        return { channel: terms.code, ...written, amount: shown(amount) };
      }
      const waits = waitsOf(context, flags);
      const made = await makeBatches(client, channel, sealer, { date, by, dryRun, waits });
      // Those too of a run that was stopped behind its orders.
      const files = dryRun ? [] : await writeBatches(client, sealer, target);
      return {
        ...{ channel: terms.code, date: made.date, orders: made.orders },
        amount: shown(made.amount),
        files: files.map(({ file }) => file),
        skipped: Object.entries(made.skipped).map(([reason, count]) => `${reason} ${count}`),
        skippedLoans: made.skips.map(({ loanNo, reason }) => `${loanNo} ${reason}`),
        dryRun,
      };
    });
    printOutcome(context, outcome);
    return undefined;
  },
};
