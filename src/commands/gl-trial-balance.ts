import { withClient } from '../db/connect.js';
import { requireMigrated } from '../db/migrate.js';
import { resolveTarget } from '../db/resolve-target.js';
import { EXIT } from '../errors.js';
import { type TrialBalance, trialBalance } from '../jobs/ledger/trial-balance.js';
import type { CommandModule } from './command-module.js';
import type { CommandContext } from './context.js';
import { dayOption } from './day-option.js';
import { type Column, printJson, printTable } from './output.js';

export const command: CommandModule<[], { asOf?: string }> = {
  configure(cmd) {
    cmd.option('--as-of <date>');
  },
  async run(context, _args, options) {
    const date = dayOption('--as-of', options.asOf);
    const target = await resolveTarget(context.bookFolder, context.env);
    const balance = await withClient(
      target,
      { applicationName: 'loanbook gl trial-balance' },
      async (client) => {
        await requireMigrated(client);
        return trialBalance(client, date);
      },
    );
    if (context.json) printJson(context.stdout, balance);
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
  const { businessDate, currency, lines, totals } = balance;
  const { opening, debit, credit, closing, closingDebit, closingCredit, balanced } = totals;
  out.write(`trial balance ${businessDate}, ${currency}; credit balances are negative\n\n`);
  const total = { account: 'total', nameZh: '合计', name: '', opening, debit, credit, closing };
  printTable(out, COLUMNS, [...lines, total]);
  const sides = `debit balances ${closingDebit}, credit balances ${closingCredit}`;
  out.write(`\n${sides}: ${balanced ? 'balanced' : 'NOT BALANCED'}\n`);
}
