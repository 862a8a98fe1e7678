import { withClient } from '../../db/connect.js';
import { migrate } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { requireLogins } from '../../jobs/approvals/persons.js';
import { createBook } from '../../jobs/book/create-book.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { requireLoginsFor } from '../shell/logins-option.js';
import { printOutcome } from '../shell/output.js';

interface Options {
  readonly entity: string;
  readonly currency: string;
  readonly firstBusinessDate: string;
  readonly calendar?: string;
  readonly policy?: string;
  readonly ledger?: string;
  readonly logins?: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd
      .requiredOption('--entity <name>')
      .requiredOption('--currency <code>')
      .requiredOption('--first-business-date <date>')
      .option('--calendar <calendar>')
      .option('--policy <file>')
      .option('--ledger <file>')
      .option('--logins <kind>');
  },
  async run(context, _args, options) {
    const firstBusinessDate = dayOption('--first-business-date', options.firstBusinessDate)!;
    const { entity, currency } = options;
    const calendar = options.calendar ?? (currency === 'CNY' ? 'cn' : 'none');
    const { logins } = options;
    if (logins !== undefined) requireLoginsFor(requireLogins(logins), context.env);
    const target = await resolveTarget(context.bookFolder, context.env);
    await migrate(target);
    const book = await withClient(target, {}, (client) =>
      createBook(client, {
        entity,
        currency,
        firstBusinessDate,
        calendar,
        policyFile: options.policy,
        ledgerFile: options.ledger,
        logins: logins === undefined ? undefined : requireLogins(logins),
      }),
    );
    printOutcome(context, { ...book, calendarYears: book.calendarYears.map(String) });
    noteDoneBefore(context, book.outcome);
    if (book.outcome === 'created')
      context.note('Next: apply products with `loanbook product apply`, then import loans.');
    return undefined;
  },
};
