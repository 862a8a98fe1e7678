import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT } from '../../errors.js';
import { type Report, tableOf } from '../../files/report.js';
import { type BookLimits, bookLimits } from '../../jobs/funding/limits/book-limits.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface LimitFlags extends ReportFlags {
  readonly asOf?: string;
}

export const command: CommandModule<[], LimitFlags> = {
  configure(cmd) {
    configureReport(cmd.option('--as-of <date>'));
  },
  async run(context, _args, flags) {
    const asOf = dayOption('--as-of', flags.asOf);
    const way = wayOut(context, flags);
    const found = await inBook(context, (client) => bookLimits(client, asOf));
    const said = inWords(found);
    await putReport(context, reportOf(said), way, { document: said });
    for (const rule of found.unchecked) {
      context.note(`${rule} was not checked: docs/funding.md says what it needs.`);
    }
    return found.checks.every(({ holds }) => holds) ? EXIT.done : EXIT.difference;
  },
};

type Said = ReturnType<typeof inWords>;

function inWords({ minorDigits, checks, ...rest }: BookLimits) {
  const text = (fen: bigint) => formatAmount(fen, minorDigits);
  return {
    ...rest,
    checks: checks.map(({ value, limit, headroom, holds, ...what }) => ({
      ...what,
      ...{ value: text(value), limit: text(limit), headroom: text(headroom), holds },
    })),
  };
}

function reportOf({ asOf, effectiveFrom, checks }: Said): Report {
  const columns = {
    rule: 'text',
    of: 'text',
    value: 'amount',
    limit: 'amount',
    headroom: 'amount',
    holds: 'text',
  } as const;
  return { head: { asOf, effectiveFrom }, tables: [tableOf('checks', columns, checks)] };
}
