import { formatAmount } from '../../accounting/money/amount-text.js';
import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { portfolio } from '../../jobs/ledger/portfolio.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { printJson, printTable } from '../shell/output.js';

const AMOUNTS = ['principal', 'principalOverdue', 'interest', 'penalty', 'suspense'] as const;

export const command: CommandModule<[], { asOf?: string }> = {
  configure(cmd) {
    cmd.option('--as-of <date>');
  },
  async run(context, _args, options) {
    const date = dayOption('--as-of', options.asOf);
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
    const rows = [...found.lines, { ...sum, ...totals }].map((line) => ({
      ...line,
      ...Object.fromEntries(AMOUNTS.map((key) => [key, amount(line[key])])),
    }));
    if (context.json) {
      const { businessDate, currency } = found;
      printJson(context.stdout, { businessDate, currency, lines: rows });
      return undefined;
    }
    printTable(
      context.stdout,
      [
        { key: 'classification', title: `class on ${found.businessDate}` },
        { key: 'overdueBucket', title: 'bucket' },
        { key: 'loans', title: 'loans', align: 'right' },
        { key: 'principal', title: `principal ${found.currency}`, align: 'right' },
        { key: 'principalOverdue', title: 'overdue', align: 'right' },
        { key: 'interest', title: 'interest', align: 'right' },
        { key: 'penalty', title: 'penalty', align: 'right' },
        { key: 'suspense', title: 'suspense', align: 'right' },
      ],
      rows,
    );
    return undefined;
  },
};
