import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { type Columns, tableOf } from '../../files/report.js';
import { isInFlight, ORDER_STATES, type OrderState } from '../../funding/deduct/order-state.js';
import { currencyOfBook } from '../../jobs/import/import-file.js';
import { listOrders } from '../../jobs/payments/list-orders.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { limitOption } from '../shell/count-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS: Columns<{
  orderNo: string;
  loanNo: string;
  channel: string;
  askedOn: string;
  ageDays: number;
  amount: string;
  state: string;
  class: string | null;
  collected: string;
  file: string;
  lastBreak: string | null;
}> = {
  orderNo: ['text', 'order'],
  loanNo: ['text', 'loan'],
  channel: 'text',
  askedOn: ['date', 'asked on'],
  ageDays: ['count', 'age'],
  amount: 'amount',
  state: 'text',
  class: 'text',
  collected: 'amount',
  file: 'text',
  lastBreak: ['text', 'break'],
};

interface Options extends ReportFlags {
  readonly channel?: string;
  readonly loan?: string;
  readonly order?: string;
  readonly state?: string;
  readonly all?: boolean;
  readonly limit?: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd
      .option('--channel <code>')
      .option('--loan <number>')
      .option('--order <number>')
      .option('--state <state>')
      .option('--all')
      .option('--limit <count>');
    configureReport(cmd);
  },
  async run(context, _args, { channel, loan, order, state, all, limit, ...flags }) {
    const way = wayOut(context, flags);
    const isAny = all === true || order !== undefined;
    const inFlight = isAny ? undefined : ORDER_STATES.filter(isInFlight);
    const filter = {
      ...{ channel, loanNo: loan, orderNo: order, limit: limitOption(limit) },
      states: state === undefined ? inFlight : [stateNamed(state)],
    };
    const orders = await inBook(context, async (client) => {
      const { minorDigits } = await currencyOfBook(client);
      return (await listOrders(client, filter)).map((one) => ({
        ...one,
        amount: formatAmount(one.amount, minorDigits),
        collected: formatAmount(one.collected, minorDigits),
      }));
    });
    const report = { head: {}, tables: [tableOf('orders', COLUMNS, orders)] };
    await putReport(context, report, way, { document: orders });
    return undefined;
  },
};

function stateNamed(text: string): OrderState {
  const state = ORDER_STATES.find((one) => one === text);
  if (state !== undefined) return state;
  throw new LoanbookError('unknown_state', 'An order is in none such state.', {
    exitCode: EXIT.usage,
    evidence: { asked: text, known: ORDER_STATES.join(', ') },
    next: 'Name one of them with --state.',
  });
}
