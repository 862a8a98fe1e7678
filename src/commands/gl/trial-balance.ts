import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { EXIT } from '../../errors.js';
import type { TableColumn } from '../../files/table.js';
import type { Report } from '../../jobs/ledger/report.js';
import { type TrialBalance, trialBalance } from '../../jobs/ledger/trial-balance.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { dayOption } from '../shell/day-option.js';
import { type Column, printJson, printTable } from '../shell/output.js';
import { putReport, requireTableFile } from '../shell/put-report.js';

interface Options {
  readonly asOf?: string;
  readonly from?: string;
  readonly out?: string;
  readonly raw?: boolean;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd.option('--as-of <date>').option('--from <date>').option('--out <file>').option('--raw');
  },
  async run(context, _args, options) {
    const date = dayOption('--as-of', options.asOf);
    const from = dayOption('--from', options.from);
    requireTableFile(options.out);
    const target = await resolveTarget(context.bookFolder, context.env);
    const balance = await withClient(
      target,
      { applicationName: 'loanbook gl trial-balance' },
      async (client) => {
        await requireMigrated(client);
        return trialBalance(client, date, from);
      },
    );
    const { out, raw } = options;
    if (out !== undefined) await putReport(context, reportOf(balance), out, { raw });
    else if (context.json) printJson(context.stdout, balance);
    else printBalance(context.stdout, balance);
    return balance.totals.balanced ? EXIT.done : EXIT.difference;
  },
};

type Line = Pick<
  TrialBalance['lines'][number],
  'account' | 'nameZh' | 'name' | 'opening' | 'debit' | 'credit' | 'closing'
>;

const COLUMNS: readonly Column<Line>[] = [
  { key: 'account', title: 'account' },
  { key: 'nameZh', title: '科目' },
  { key: 'name', title: 'name' },
  { key: 'opening', title: 'opening', align: 'right' },
  { key: 'debit', title: 'debit', align: 'right' },
  { key: 'credit', title: 'credit', align: 'right' },
  { key: 'closing', title: 'closing', align: 'right' },
];

function printBalance(out: CommandContext['stdout'], balance: TrialBalance): void {
  const { from, businessDate, currency, totals } = balance;
  const { closingDebit, closingCredit, balanced } = totals;
  const days = from === businessDate ? from : `${from} to ${businessDate}`;
  out.write(`trial balance ${days}, ${currency}; credit balances are negative\n\n`);
  printTable(out, COLUMNS, withTotal(balance));
  const sides = `debit balances ${closingDebit}, credit balances ${closingCredit}`;
  out.write(`\n${sides}: ${balanced ? 'balanced' : 'NOT BALANCED'}\n`);
}

function withTotal({ lines, totals }: TrialBalance): Line[] {
  const { opening, debit, credit, closing } = totals;
  const total = { account: 'total', nameZh: '合计', name: '', opening, debit, credit, closing };
  return [...lines, total];
}

const FILE_COLUMNS: readonly TableColumn[] = [
  { key: 'account', title: '科目 account', kind: 'text', width: 12 },
  { key: 'nameZh', title: '科目名称', kind: 'text', width: 28 },
  { key: 'name', title: 'name', kind: 'text', width: 28 },
  { key: 'opening', title: '期初 opening', kind: 'amount' },
  { key: 'debit', title: '借方 debit', kind: 'amount' },
  { key: 'credit', title: '贷方 credit', kind: 'amount' },
  { key: 'closing', title: '期末 closing', kind: 'amount' },
];

function reportOf(balance: TrialBalance): Report {
  const { from, businessDate, currency, totals } = balance;
  const rows = withTotal(balance).map((line) => ({ ...line }));
  return {
    head: { from, businessDate, currency, balanced: String(totals.balanced) },
    tables: [{ name: 'lines', title: '科目余额表', columns: FILE_COLUMNS, rows }],
  };
}
