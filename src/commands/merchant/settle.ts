import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { type Report, tableOf } from '../../files/report.js';
import {
  type MerchantsOutcome,
  settleMerchants,
} from '../../jobs/funding/merchant/settle-merchants.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { actInBook } from '../shell/person-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface SettleFlags extends ReportFlags {
  readonly date?: string;
  readonly merchant?: string;
  readonly by?: string;
  readonly dryRun?: boolean;
}

export const command: CommandModule<[], SettleFlags> = {
  configure(cmd) {
    cmd
      .option('--date <date>')
      .option('--merchant <code>')
      .option('--by <name>')
      .option('--dry-run');
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const date = dayOption('--date', flags.date);
    const way = wayOut(context, flags);
    const { merchant, dryRun = false } = flags;
    const actor = { by: flags.by, act: 'settlement' } as const;
    const outcome = await actInBook(context, actor, (client, by) =>
      settleMerchants(client, {
        date,
        by,
        dryRun,
        ...(merchant === undefined ? {} : { merchant }),
      }),
    );
    const said = inWords(outcome);
    await putReport(context, reportOf(said), way, { document: said, isShownToo: true });
    return undefined;
  },
};

type Said = ReturnType<typeof inWords>;

function inWords({ minorDigits, settlements, standings, ...rest }: MerchantsOutcome) {
  const text = (fen: number) => formatAmount(fen, minorDigits);
  return {
    ...rest,
    settlements: settlements.map((each) => ({
      merchant: each.merchant,
      dueOn: formatDay(each.dueOn),
      from: each.from === null ? null : formatDay(each.from),
      to: each.to === null ? null : formatDay(each.to),
      gross: text(each.gross),
      fee: text(each.fee),
      subsidy: text(each.subsidy),
      withheld: text(each.withheld),
      refunds: text(each.refunds),
      feeBack: text(each.feeBack),
      subsidyBack: text(each.subsidyBack),
      released: text(each.released),
      drawn: text(each.drawn),
      carriedIn: text(each.carriedIn),
      paid: text(each.paid),
      carriedOut: text(each.carriedOut),
      reference: each.reference,
    })),
    standings: standings.map(({ merchant, holdBack, carried, receivable, earned }) => ({
      merchant,
      holdBack: text(holdBack),
      carried: text(carried),
      receivable: text(receivable),
      earned: text(earned),
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
          merchant: 'text',
          dueOn: ['date', 'due on'],
          from: 'date',
          to: 'date',
          gross: 'amount',
          fee: 'amount',
          subsidy: 'amount',
          withheld: 'amount',
          refunds: 'amount',
          feeBack: ['amount', 'fee back'],
          subsidyBack: ['amount', 'subsidy back'],
          released: 'amount',
          drawn: 'amount',
          carriedIn: ['amount', 'carried in'],
          paid: 'amount',
          carriedOut: ['amount', 'carried out'],
          reference: 'text',
        },
        settlements,
      ),
      tableOf(
        'standings',
        {
          merchant: 'text',
          holdBack: ['amount', 'hold-back'],
          carried: 'amount',
          receivable: 'amount',
          earned: ['amount', 'subsidy earned'],
        },
        standings,
      ),
    ],
  };
}
