import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { type Report, tableOf } from '../../files/report.js';
import { type SettleOutcome, settlePartners } from '../../jobs/funding/settle/settle-partners.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { actInBook } from '../shell/person-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface SettleFlags extends ReportFlags {
  readonly date?: string;
  readonly partner?: string;
  readonly by?: string;
  readonly dryRun?: boolean;
}

export const command: CommandModule<[], SettleFlags> = {
  configure(cmd) {
    cmd
      .option('--date <date>')
      .option('--partner <code>')
      .option('--by <name>')
      .option('--dry-run');
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const date = dayOption('--date', flags.date);
    const way = wayOut(context, flags);
    const { partner, dryRun = false } = flags;
    const actor = { by: flags.by, act: 'settlement' } as const;
    const outcome = await actInBook(context, actor, (client, by) =>
      settlePartners(client, { date, by, dryRun, ...(partner === undefined ? {} : { partner }) }),
    );
    const said = inWords(outcome);
    await putReport(context, reportOf(said), way, { document: said, isShownToo: true });
    return undefined;
  },
};

type Said = ReturnType<typeof inWords>;

function inWords({ minorDigits, transfers, standings, ...rest }: SettleOutcome) {
  const text = (fen: number) => formatAmount(fen, minorDigits);
  return {
    ...rest,
    settlements: transfers.map(({ party, direction, dueOn, from, to, amount, reference }) => ({
      party,
      direction,
      dueOn: formatDay(dueOn),
      from: formatDay(from),
      to: formatDay(to),
      amount: text(amount),
      reference,
    })),
    standings: standings.map(({ party, carried, notDue }) => ({
      party,
      carried: text(carried),
      notDue: text(notDue),
    })),
  };
}

function reportOf({ settlements, standings, postedOn, dryRun }: Said): Report {
  return {
    head: { postedOn, dryRun },
    tables: [
      tableOf(
        'settlements',
        {
          party: 'text',
          direction: 'text',
          dueOn: ['date', 'due on'],
          from: 'date',
          to: 'date',
          amount: 'amount',
          reference: 'text',
        },
        settlements,
      ),
      tableOf(
        'standings',
        { party: 'text', carried: 'amount', notDue: ['amount', 'not due'] },
        standings,
      ),
    ],
  };
}
