import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { loansOf, postText } from '../../../jobs/book/documents/ledger.js';
import { ledgerOn } from '../../../jobs/ledger/chart.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { dayOption } from '../../shell/day-option.js';
import { printJson, printTable } from '../../shell/output.js';

export const command: CommandModule<[], { asOf?: string }> = {
  configure(cmd) {
    cmd.option('--as-of <date>');
  },
  async run(context, _args, options) {
    const date = dayOption('--as-of', options.asOf);
    const ledger = await inBook(context, (client) => ledgerOn(client, date));
    if (context.json) {
      printJson(context.stdout, ledger.document);
      return undefined;
    }
    context.stdout.write(`posting rules in force from ${formatDay(ledger.effectiveFrom)}\n\n`);
    printTable(
      context.stdout,
      [
        { key: 'path', title: 'rule' },
        { key: 'on', title: 'on' },
        { key: 'balance', title: 'balance' },
        { key: 'state', title: 'state' },
        { key: 'only', title: 'only' },
        { key: 'post', title: 'posts' },
      ],
      ledger.rules.map(({ index, on, balance, accruing, scope, post }) => ({
        path: `rules[${index}]`,
        on,
        balance,
        state: accruing ? 'accruing' : 'non_accruing',
        only: loansOf(scope),
        post: postText({ post }),
      })),
    );
    return undefined;
  },
};
