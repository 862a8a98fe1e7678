import { type Report, recordTable, tableOf } from '../../../files/report.js';
import { type ExplainedAccount, explainAccount } from '../../../jobs/ledger/explain-account.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { dayOption } from '../../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../../shell/put-report.js';

export const command: CommandModule<[string], ReportFlags & { asOf?: string }> = {
  configure(cmd) {
    configureReport(cmd.argument('<account>').option('--as-of <date>'));
  },
  async run(context, [account], options) {
    const date = dayOption('--as-of', options.asOf);
    const way = wayOut(context, options);
    const found = await inBook(context, (client) => explainAccount(client, account, date));
    await putReport(context, reportOf(found), way, { document: found });
    return undefined;
  },
};

const RULE_COLUMNS = {
  path: ['text', 'rule'],
  side: 'text',
  against: 'text',
  on: 'text',
  balance: 'text',
  state: 'text',
  only: 'text',
} as const;

function reportOf({ roles, rules, tax, ...rest }: ExplainedAccount): Report {
  const head = { ...rest, roles: roles.join(', ') };
  const kinds = { balance: 'amount', balanceAsOf: 'date', effectiveFrom: 'date' } as const;
  return {
    head: {},
    main: 'rules',
    tables: [
      recordTable('account', head, kinds),
      tableOf('rules', RULE_COLUMNS, rules, { screen: { isOptional: true } }),
      tableOf('tax', { role: 'text', income: 'text', rate: 'rate' }, tax, {
        screen: {
          sentence: ({ role, income, rate }) =>
            `tax of ${rate}% in ${income}: this is its ${role} account`,
        },
      }),
    ],
  };
}
