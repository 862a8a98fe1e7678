import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { EXIT } from '../../errors.js';
import type { Report } from '../../files/report.js';
import type { TableColumn } from '../../files/table.js';
import { type TrialBalance, trialBalance } from '../../jobs/ledger/trial-balance.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Options extends ReportFlags {
  readonly asOf?: string;
  readonly from?: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    configureReport(cmd.option('--as-of <date>').option('--from <date>'));
  },
  async run(context, _args, options) {
    const date = dayOption('--as-of', options.asOf);
    const from = dayOption('--from', options.from);
    const way = wayOut(context, options);
    const target = await resolveTarget(context.bookFolder, context.env);
    const balance = await withClient(
      target,
      { applicationName: 'loanbook gl trial-balance' },
      async (client) => {
        await requireMigrated(client);
        return trialBalance(client, date, from);
      },
    );
    await putReport(context, reportOf(balance), way, { document: balance });
    return balance.totals.balanced ? EXIT.done : EXIT.difference;
  },
};

type Line = Pick<
  TrialBalance['lines'][number],
  'account' | 'nameZh' | 'name' | 'opening' | 'debit' | 'credit' | 'closing'
>;

function withTotal({ lines, totals }: TrialBalance): Line[] {
  const { opening, debit, credit, closing } = totals;
  const total = { account: 'total', nameZh: '合计', name: '', opening, debit, credit, closing };
  return [...lines, total];
}

const COLUMNS: readonly TableColumn[] = [
  { key: 'account', title: '科目 account', onScreen: 'account', kind: 'text', width: 12 },
  { key: 'nameZh', title: '科目名称', onScreen: '科目', kind: 'text', width: 28 },
  { key: 'name', title: 'name', kind: 'text', width: 28 },
  { key: 'opening', title: '期初 opening', onScreen: 'opening', kind: 'amount' },
  { key: 'debit', title: '借方 debit', onScreen: 'debit', kind: 'amount' },
  { key: 'credit', title: '贷方 credit', onScreen: 'credit', kind: 'amount' },
  { key: 'closing', title: '期末 closing', onScreen: 'closing', kind: 'amount' },
];

function reportOf(balance: TrialBalance): Report {
  const { from, businessDate, currency, totals } = balance;
  const { closingDebit, closingCredit, balanced } = totals;
  const days = from === businessDate ? from : `${from} to ${businessDate}`;
  const sides = `debit balances ${closingDebit}, credit balances ${closingCredit}`;
  const rows = withTotal(balance).map((line) => ({ ...line }));
  return {
    head: { from, businessDate, currency, balanced: String(balanced) },
    headline: `trial balance ${days}, ${currency}; credit balances are negative`,
    tables: [{ name: 'lines', title: '科目余额表', columns: COLUMNS, rows }],
    notes: [`${sides}: ${balanced ? 'balanced' : 'NOT BALANCED'}`],
  };
}
