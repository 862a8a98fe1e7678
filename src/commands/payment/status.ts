import { formatAmount } from '../../accounting/money/amount-text.js';
import { tableOf } from '../../files/report.js';
import { currencyOfBook } from '../../jobs/import/import-file.js';
import { paymentStatus } from '../../jobs/payments/list-orders.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const ORDERS = {
  channel: 'text',
  state: 'text',
  orders: 'count',
  amount: 'amount',
  collected: 'amount',
  oldest: 'date',
} as const;

const BATCHES = {
  batch: 'count',
  channel: 'text',
  date: 'date',
  file: 'text',
  orders: 'count',
  amount: 'amount',
  written: 'text',
} as const;

interface Options extends ReportFlags {
  readonly channel?: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    configureReport(cmd.option('--channel <code>'));
  },
  async run(context, _args, { channel, ...flags }) {
    const way = wayOut(context, flags);
    const found = await inBook(context, async (client) => {
      const { minorDigits } = await currencyOfBook(client);
      const { orders, batches } = await paymentStatus(client, channel);
      const shown = (fen: number) => formatAmount(fen, minorDigits);
      return {
        orders: orders.map((one) => ({
          ...one,
          amount: shown(one.amount),
          collected: shown(one.collected),
        })),
        batches: batches.map((one) => ({
          ...one,
          amount: shown(one.amount),
          written: one.written ? 'yes' : 'no',
        })),
      };
    });
    const tables = [
      tableOf('orders', ORDERS, found.orders),
      tableOf('batches', BATCHES, found.batches),
    ];
    await putReport(context, { head: {}, tables }, way, { document: found });
    return undefined;
  },
};
