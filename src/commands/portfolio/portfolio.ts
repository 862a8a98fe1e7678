import { formatAmount } from '../../accounting/money/amount-text.js';
import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { tableOf } from '../../files/report.js';
import { portfolio } from '../../jobs/ledger/portfolio.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const AMOUNTS = ['principal', 'principalOverdue', 'interest', 'penalty', 'suspense'] as const;

export const command: CommandModule<[], ReportFlags & { asOf?: string }> = {
  configure(cmd) {
    configureReport(cmd.option('--as-of <date>'));
  },
  async run(context, _args, options) {
    const date = dayOption('--as-of', options.asOf);
    const way = wayOut(context, options);
    const target = await resolveTarget(context.bookFolder, context.env);
    const found = await withClient(
      target,
      { applicationName: 'loanbook portfolio' },
      async (client) => {
        await requireMigrated(client);
        return portfolio(client, date);
      },
    );
    const amount = (value: bigint): string => formatAmount(value, found.minorDigits);
    const sum = { classification: 'total', overdueBucket: '', loans: 0 };
    const totals = { principal: 0n, principalOverdue: 0n, interest: 0n, penalty: 0n, suspense: 0n };
    for (const line of found.lines) {
      sum.loans += line.loans;
      for (const key of AMOUNTS) totals[key] += line[key];
    }
    const lines = [...found.lines, { ...sum, ...totals }].map((line) => ({
      ...line,
      ...Object.fromEntries(AMOUNTS.map((key) => [key, amount(line[key])])),
    }));
    const { businessDate, currency } = found;
    const columns = {
      classification: ['text', `class on ${businessDate}`],
      overdueBucket: ['text', 'bucket'],
      loans: 'count',
      principal: ['amount', `principal ${currency}`],
      principalOverdue: ['amount', 'overdue'],
      interest: 'amount',
      penalty: 'amount',
      suspense: 'amount',
    } as const;
    const head = { businessDate, currency };
    const report = { head, headline: '', tables: [tableOf('lines', columns, lines)] };
    await putReport(context, report, way, { document: { ...head, lines } });
    return undefined;
  },
};
