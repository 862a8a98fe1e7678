import { type ExplainedAccount, explainAccount } from '../../../jobs/ledger/explain-account.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import type { CommandContext } from '../../shell/context.js';
import { dayOption } from '../../shell/day-option.js';
import { printJson, printRecord, printTable } from '../../shell/output.js';

export const command: CommandModule<[string], { asOf?: string }> = {
  configure(cmd) {
    cmd.argument('<account>').option('--as-of <date>');
  },
  async run(context, [account], options) {
    const date = dayOption('--as-of', options.asOf);
    const found = await inBook(context, (client) => explainAccount(client, account, date));
    if (context.json) printJson(context.stdout, found);
    else print(context.stdout, found);
    return undefined;
  },
};

function print(
  out: CommandContext['stdout'],
  { roles, rules, tax, ...head }: ExplainedAccount,
): void {
  printRecord(out, { ...head, roles: roles.join(', ') });
  if (rules.length > 0) {
    out.write('\n');
    printTable(
      out,
      [
        { key: 'path', title: 'rule' },
        { key: 'side', title: 'side' },
        { key: 'against', title: 'against' },
        { key: 'on', title: 'on' },
        { key: 'balance', title: 'balance' },
        { key: 'state', title: 'state' },
        { key: 'only', title: 'only' },
      ],
      rules,
    );
  }
  for (const { role, income, rate } of tax) {
    out.write(`\ntax of ${rate}% in ${income}: this is its ${role} account\n`);
  }
}
