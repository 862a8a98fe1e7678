import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { tableOf } from '../../../files/report.js';
import { loansOf, postText } from '../../../jobs/book/documents/ledger.js';
import { ledgerOn } from '../../../jobs/ledger/chart.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { dayOption } from '../../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../../shell/put-report.js';

const COLUMNS = {
  path: ['text', 'rule'],
  on: 'text',
  balance: 'text',
  state: 'text',
  only: 'text',
  post: ['text', 'posts'],
} as const;

export const command: CommandModule<[], ReportFlags & { asOf?: string }> = {
  configure(cmd) {
    configureReport(cmd.option('--as-of <date>'));
  },
  async run(context, _args, options) {
    const date = dayOption('--as-of', options.asOf);
    const way = wayOut(context, options);
    const ledger = await inBook(context, (client) => ledgerOn(client, date));
    const rules = ledger.rules.map(({ index, on, balance, accruing, scope, post }) => ({
      path: `rules[${index}]`,
      on,
      balance,
      state: accruing ? 'accruing' : 'non_accruing',
      only: loansOf(scope),
      post: postText({ post }),
    }));
    const effectiveFrom = formatDay(ledger.effectiveFrom);
    const report = {
      head: { effectiveFrom },
      headline: `posting rules in force from ${effectiveFrom}`,
      tables: [tableOf('rules', COLUMNS, rules)],
    };
    await putReport(context, report, way, { document: ledger.document });
    return undefined;
  },
};
