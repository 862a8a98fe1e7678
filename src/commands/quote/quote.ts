import type { ScheduleRow } from '../../accounting/simulate/result-shape.js';
import { bookProducts } from '../../jobs/simulate/book-products.js';
import { type LoanQuote, quoteLoan } from '../../jobs/simulate/quote-loan.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { type Column, printJson, printRecord, printTable } from '../shell/output.js';

interface Options {
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
  },
  async run(context, [product], options) {
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
    if (context.json) printJson(context.stdout, quote);
    else printQuote(context.stdout, quote);
    return undefined;
  },
};

function printQuote(out: CommandContext['stdout'], quote: LoanQuote): void {
  const { product, currency, loan, totals, cost, settlement } = quote;
  printRecord(out, {
    product: `${product.code} v${product.version}`,
    principal: `${loan.principal} ${currency}`,
    rate: `${loan.rate} a ${loan.rate_unit}`,
    periods: loan.periods,
    'disbursed on': loan.disbursed_on,
  });
  out.write('\n');
  printTable(out, COLUMNS, [...quote.schedule.map(scheduleLine), { ...EMPTY_LINE, ...totals }]);
  out.write('\n');
  printRecord(out, {
    'cost a period': percent(cost.irr_period),
    'cost a year': percent(cost.irr_annual),
    'effective a year': percent(cost.effective_annual),
  });
  if (settlement === null) return;
  const { on, ...parts } = settlement;
  out.write(`\nsettlement on ${on}, what is due before being paid on time\n\n`);
  printRecord(out, parts);
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

const EMPTY_LINE = { seq: 'total', dueOn: '', days: '', balanceAfter: '' } as const;

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

const COLUMNS: readonly Column<Line>[] = [
  { key: 'seq', title: 'seq', align: 'right' },
  { key: 'dueOn', title: 'due on' },
  { key: 'days', title: 'days', align: 'right' },
  { key: 'principal', title: 'principal', align: 'right' },
  { key: 'interest', title: 'interest', align: 'right' },
  { key: 'total', title: 'total', align: 'right' },
  { key: 'balanceAfter', title: 'balance after', align: 'right' },
];
