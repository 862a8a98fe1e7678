import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import {
  heldBack,
  isReceivable,
  type MerchantSettlement,
  type MerchantState,
  settleMerchant,
} from '../../../funding/merchant/merchant-account.js';
import { settlementDay } from '../../../funding/settle/settlement-day.js';
import type { Merchant } from '../../../funding/terms/merchant.js';
import { writeAudit } from '../../approvals/audit.js';
import { bookCalendar, ledgerInForce } from '../../book/load-book.js';
import { dayIsBeingClosed, holdOpenDay } from '../../book/open-day.js';
import { currencyOfBook } from '../../import/import-file.js';
import { addEntries, type NewEntry } from '../../ledger/entry.js';
import { notClosed, withinYears } from '../settle/settle-days.js';
import { termsOn } from '../terms/terms-queries.js';
import {
  businessBehind,
  merchantsOfBook,
  merchantVersions,
  type StandingMerchant,
} from './merchant-book.js';
import { earningOf, settlementEntry } from './merchant-entries.js';
import { subsidyEarned } from './subsidy-earned.js';
import { merchantWithoutTerms } from './unknown-merchant.js';

export interface SettleMerchantsOptions {
  /** The day of settlement, by default the open day; earlier transfers are made up for. */
  readonly date: EpochDay | undefined;
  /** Left out: every merchant that has orders. */
  readonly merchant?: string;
  readonly by: string;
  /** Say what would be settled, and keep nothing. */
  readonly dryRun?: boolean;
}

export interface KeptSettlement extends MerchantSettlement {
  readonly merchant: string;
  readonly reference: string;
}

/** How a merchant stands when all that is due is settled. */
export interface MerchantStanding {
  readonly merchant: string;
  readonly holdBack: Fen;
  /** What the next settlement starts with; 0 where it is billed. */
  readonly carried: Fen;
  /** What it has owed for longer than it may. */
  readonly receivable: Fen;
  /** What of its subsidies is earned now, and was not before. */
  readonly earned: Fen;
}

export interface MerchantsOutcome {
  readonly minorDigits: number;
  /** The open day, whose close posts the entries. */
  readonly postedOn: string;
  readonly settlements: readonly KeptSettlement[];
  readonly standings: readonly MerchantStanding[];
  readonly dryRun: boolean;
}

/**
 * Settles the closed days of merchants through a day of settlement: each settlement is kept once
 * and posted once, into the open day, with what of subsidies was earned by the accrual. Again it is
 * nothing. Throws LoanbookError `items_not_closed` where a day is open whose orders are due,
 * `unknown_merchant`, `ledger_role_missing`, `calendar_year_not_loaded` (2), `day_is_being_closed`
 * (75), and as `addEntries`.
 */
export async function settleMerchants(
  client: pg.Client,
  options: SettleMerchantsOptions,
): Promise<MerchantsOutcome> {
  return inTransaction(client, async () => {
    await client.query('SAVEPOINT before_settlement');
    const open = await holdOpenDay(client);
    if (open.isBeingClosed) throw dayIsBeingClosed(formatDay(open.date), 'settlements');
    const date = options.date ?? open.date;
    const on = {
      client,
      date,
      openDay: open.date,
      calendar: await bookCalendar(client),
      versions: await merchantVersions(client),
      by: options.by,
      isTried: options.dryRun === true,
    };
    const settlements: KeptSettlement[] = [];
    const standings: MerchantStanding[] = [];
    const entries: NewEntry[] = [];
    for (const merchant of await merchantsOfBook(client, options.merchant)) {
      const settled = await settleOne(on, merchant);
      settlements.push(...settled.settlements);
      standings.push(settled.standing);
      entries.push(...settled.entries);
    }
    if (entries.length > 0) await addEntries(client, entries);
    const postedOn = formatDay(open.date);
    if (on.isTried) await client.query('ROLLBACK TO before_settlement');
    else if (settlements.length > 0) {
      await writeAudit(client, {
        action: 'merchant settle',
        subject: formatDay(date),
        after: { settlements: settlements.length, entries: entries.length, postedOn },
        by: options.by,
      });
    }
    const { minorDigits } = await currencyOfBook(client);
    return { minorDigits, postedOn, settlements, standings, dryRun: on.isTried };
  });
}

interface SettleScene {
  readonly client: pg.Client;
  readonly date: EpochDay;
  readonly openDay: EpochDay;
  readonly calendar: Awaited<ReturnType<typeof bookCalendar>>;
  readonly versions: ReadonlyMap<string, ReadonlyMap<number, Merchant>>;
  readonly by: string;
  /** What is tried is not posted: it may be asked before the ledger has the accounts. */
  readonly isTried: boolean;
}

interface SettledMerchant {
  readonly settlements: readonly KeptSettlement[];
  readonly standing: MerchantStanding;
  readonly entries: readonly NewEntry[];
}

async function settleOne(on: SettleScene, before: StandingMerchant): Promise<SettledMerchant> {
  const { client, date, openDay, calendar, by } = on;
  const { merchant, number, since } = before;
  let { fees } = before;
  const terms = await termsOn(client, 'merchant', merchant, formatDay(date));
  const versions = on.versions.get(merchant);
  if (terms === undefined || versions === undefined) throw merchantWithoutTerms(merchant, date);
  const { business } = await businessBehind(client, merchant, versions, since, openDay - 1);
  const { settlements, state } = withinYears({ merchant }, () => {
    if (settlementDay({ days: terms.days, dark: [] }, calendar, openDay, date) !== null) {
      throw notClosed({ merchant }, openDay, date);
    }
    return settleMerchant(terms, calendar, before.state, business.days, date);
  });
  const ledger = await ledgerInForce(client, formatDay(openDay));
  const kept: KeptSettlement[] = [];
  const entries: NewEntry[] = [];
  for (const [at, { state: after, ...each }] of settlements.entries()) {
    const reference = `M-${merchant}-${number + at + 1}`;
    const settlement = { ...each, merchant, reference };
    kept.push(settlement);
    const feesBefore = fees;
    fees += each.fee - each.feeBack;
    const isKept = await keep(on, settlement, number + at + 1, after, terms.version);
    if (!isKept || on.isTried) continue;
    const entry = settlementEntry(ledger, settlement, feesBefore, by);
    if (entry.lines.length > 0) entries.push(entry);
  }
  const settledTo = kept.reduce((last, { to }) => Math.max(last, to ?? last), since ?? -Infinity);
  const earned = await subsidyEarned(on, merchant, versions, settledTo);
  if (earned !== null && !on.isTried) entries.push(earningOf(ledger, merchant, earned, by));
  return { settlements: kept, entries, standing: standingOf(before, terms, state, date, earned) };
}

function standingOf(
  { merchant }: StandingMerchant,
  terms: Merchant,
  state: MerchantState,
  date: EpochDay,
  earned: { readonly amount: Fen } | null,
): MerchantStanding {
  const isBilled = isReceivable(terms, state, date);
  return {
    merchant,
    holdBack: heldBack(state),
    carried: isBilled ? 0 : state.carried,
    receivable: isBilled ? 0 - state.carried : 0,
    earned: earned?.amount ?? 0,
  };
}

async function keep(
  { client, by }: SettleScene,
  settlement: KeptSettlement,
  number: number,
  { held, negativeSince }: MerchantState,
  termsVersion: number,
): Promise<boolean> {
  const day = (each: EpochDay | null) => (each === null ? null : formatDay(each));
  const { merchant, reference, dueOn, from, to, gross, fee, subsidy, withheld } = settlement;
  const { refunds, feeBack, subsidyBack, released, drawn, carriedIn, paid } = settlement;
  const row = {
    ...{ merchant, number, due_on: day(dueOn), from_date: day(from), to_date: day(to) },
    ...{ gross, fee, subsidy, withheld, refunds, fee_back: feeBack, subsidy_back: subsidyBack },
    ...{ released, drawn, carried_in: carriedIn, paid, carried_out: settlement.carriedOut },
    negative_since: day(negativeSince),
    held_days: held.map((each) => formatDay(each.day)),
    held_left: held.map(({ left }) => left),
    reference,
    terms_version: termsVersion,
  };
  const { rows } = await client.query<{ id: number | null }>(
    'SELECT keep_merchant_settlement($1, $2) AS id',
    [JSON.stringify(row), by],
  );
  return rows[0]?.id != null;
}
