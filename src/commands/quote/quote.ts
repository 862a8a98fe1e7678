import type { ScheduleRow } from '../../accounting/simulate/result-shape.js';
import { type Report, recordTable, tableOf } from '../../files/report.js';
import { bookProducts } from '../../jobs/simulate/book-products.js';
import { type LoanQuote, quoteLoan } from '../../jobs/simulate/quote-loan.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Options extends ReportFlags {
  readonly principal: string;
  readonly rate: string;
  readonly disbursedOn: string;
  readonly periods?: string;
  readonly firstDueOn?: string;
  readonly settleOn?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd
      .argument('<product>')
      .requiredOption('--principal <amount>')
      .requiredOption('--rate <rate>')
      .requiredOption('--disbursed-on <date>')
      .option('--periods <count>')
      .option('--first-due-on <date>')
      .option('--settle-on <date>');
    configureReport(cmd);
  },
  async run(context, [product], options) {
    const way = wayOut(context, options);
    const quote = await quoteLoan(
      {
        product,
        principal: options.principal,
        rate: options.rate,
        periods: options.periods ?? null,
        disbursed_on: options.disbursedOn,
        first_due_on: options.firstDueOn ?? null,
        settle_on: options.settleOn ?? null,
      },
      () => bookProducts(context.bookFolder, context.env),
    );
    await putReport(context, reportOf(quote), way, { document: quote });
    return undefined;
  },
};

function reportOf(quote: LoanQuote): Report {
  const { product, currency, loan, totals, cost, settlement } = quote;
  const { on = '', ...parts } = settlement ?? {};
  const terms = {
    product: `${product.code} v${product.version}`,
    principal: `${loan.principal} ${currency}`,
    rate: `${loan.rate} a ${loan.rate_unit}`,
    periods: loan.periods,
    disbursedOn: loan.disbursed_on,
  };
  const costs = {
    costAPeriod: percent(cost.irr_period),
    costAYear: percent(cost.irr_annual),
    effectiveAYear: percent(cost.effective_annual),
  };
  const amounts = Object.keys(parts).map((key) => [key, 'amount'] as const);
  return {
    head: {},
    main: 'schedule',
    tables: [
      recordTable('terms', terms, { disbursedOn: 'date' }, { inWords: true }),
      tableOf('schedule', COLUMNS, [...quote.schedule.map(scheduleLine), totalLine(totals)]),
      recordTable('cost', costs, {}, { inWords: true }),
      recordTable('settlement', settlement === null ? null : parts, Object.fromEntries(amounts), {
        title: `settlement on ${on}, what is due before being paid on time`,
      }),
    ],
  };
}

/** 0.195618 as 19.5618%: six places that the cost has become four. */
function percent(decimal: string): string {
  return `${(Number(decimal) * 100).toFixed(4)}%`;
}

interface Line {
  readonly seq: number | string;
  readonly dueOn: string;
  readonly days: number | string;
  readonly principal: string;
  readonly interest: string;
  readonly total: string;
  readonly balanceAfter: string;
}

function totalLine(totals: LoanQuote['totals']): Line {
  return { seq: 'total', dueOn: '', days: '', balanceAfter: '', ...totals };
}

function scheduleLine(row: ScheduleRow): Line {
  const { seq, days, principal, interest, total } = row;
  return {
    seq,
    dueOn: row.due_on,
    days,
    principal,
    interest,
    total,
    balanceAfter: row.balance_after,
  };
}

const COLUMNS = {
  seq: 'figure',
  dueOn: ['date', 'due on'],
  days: 'count',
  principal: 'amount',
  interest: 'amount',
  total: 'amount',
  balanceAfter: ['amount', 'balance after'],
} as const;
