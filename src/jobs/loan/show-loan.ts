import type pg from 'pg';
import { IN_OPENING } from '../../accounting/backdating/verdict.js';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import { EVENT_TYPE_NAMES } from '../../accounting/events/loan-event.js';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import { CLASS_NAMES, STATUS_NAMES } from '../../accounting/fold/position.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { type EpochDay, type Fen, NO_DAY } from '../../accounting/money/units.js';
import { LINE, LINE_COMPONENTS } from '../../accounting/posting/flow.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { storedProductTerms } from '../book/documents/product-document.js';
import { movementOf } from '../ledger/entry.js';
import type { KeySource } from '../parties/key-source.js';
import { partyOfLoan } from '../parties/party-view.js';
import { beforeTheBook } from './before-the-book.js';
import { installmentViews, scheduleRows } from './installment-view.js';
import { knownLoan } from './known-at.js';
import {
  findLoan,
  type LoanRow,
  loadAllocations,
  loadEntries,
  loadEvents,
  loadHeld,
  loadOpening,
  loadPosition,
  loadSchedule,
  type StoredAllocation,
  type StoredEntry,
  type StoredEvent,
  type StoredPosition,
  type StoredSchedule,
} from './loan-queries.js';
import type { EntryView, EventView, LoanTermsView, LoanView, PositionView } from './loan-view.js';

type Format = (fen: Fen) => string;

/**
 * One loan as it stood at the close of a sealed day, by default the last; an open day is never
 * shown. With `knownAt`, a sealed day too, what was true of the first day by all that was booked up
 * to the second: late events and reversals count from their value dates. Throws LoanbookError
 * `unknown_loan`, and `day_not_sealed` and `known_before_as_of` (exit 2) for other days.
 */
export async function showLoan(
  client: pg.Client,
  loanNo: string,
  asOf?: EpochDay,
  knownAt?: EpochDay,
  keys?: KeySource,
): Promise<LoanView> {
  const asked = asOf === undefined ? null : formatDay(asOf);
  const loan = await findLoan(client, bucketOf(loanNo), loanNo, asked);
  if (loan === undefined) throw unknownLoan(loanNo);
  if (asked !== null && !loan.asOfIsSealed) throw notSealed(asked, loan.lastSealed);
  const text = (fen: Fen) => formatAmount(fen, loan.minorDigits);
  const day = asked ?? loan.lastSealed;
  const known = knownAt === undefined || day === null ? day : knownDay(loan, day, knownAt);
  const of = <T>(load: (client: pg.Client, loan: LoanRow, day: string) => Promise<T>, none: T) =>
    known === null ? Promise.resolve(none) : load(client, loan, known);
  // One after the other: a connection runs one statement at a time.
  const { position, schedule } = await standing(client, loan, day, known);
  const opening = await loadOpening(client, loan);
  const allocations = await of(loadAllocations, [] as StoredAllocation[]);
  const events = await of(loadEvents, [] as StoredEvent[]);
  const entries = await of(loadEntries, [] as StoredEntry[]);
  return {
    loanNo,
    asOf: day,
    knownAt: known,
    terms: termsView(loan, text),
    party: await partyOfLoan(client, loan, keys),
    schedule: schedule === undefined ? [] : scheduleRows(schedule, loan.disbursedOn, text),
    installments:
      schedule === undefined || position === undefined
        ? []
        : installmentViews(
            { schedule, position, allocations, before: beforeTheBook(loan, schedule, opening) },
            text,
          ),
    position: position === undefined ? null : positionView(position, text),
    held: await of(loadHeld, null),
    events: events.map((event) => eventView(event, allocations, text)),
    entries: entries.map((entry) => entryView(entry, text)),
  };
}

/** Position and schedule as booked on the day, or folded again with what was known later. */
async function standing(
  client: pg.Client,
  loan: LoanRow,
  day: string | null,
  known: string | null,
): Promise<{ position: StoredPosition | undefined; schedule: StoredSchedule | undefined }> {
  if (day !== null && known !== null && day !== known) {
    const [asOf, knownAt] = [parseDay(day)!, parseDay(known)!];
    const found = await knownLoan(client, loan.loanId, asOf, knownAt);
    return found ?? { position: undefined, schedule: undefined };
  }
  const position = day === null ? undefined : await loadPosition(client, loan, day);
  return {
    position,
    schedule: await loadSchedule(client, loan, position?.scheduleVersion ?? null),
  };
}

function knownDay(loan: LoanRow, day: string, knownAt: EpochDay): string {
  const known = formatDay(knownAt);
  if (loan.lastSealed === null || known > loan.lastSealed) throw notSealed(known, loan.lastSealed);
  if (known >= day) return known;
  throw new LoanbookError('known_before_as_of', 'Nothing of a day is known before it.', {
    exitCode: EXIT.usage,
    evidence: { asOf: day, knownAt: known },
    next: 'Give --known-at the day of --as-of or a later one.',
  });
}

export function unknownLoan(loanNo: string): LoanbookError {
  return new LoanbookError('unknown_loan', 'The book has no such loan.', {
    evidence: { loanNo },
    next: 'Check the number: it is compared as it was imported, capitals and zeros included.',
  });
}

export function notSealed(asOf: string, lastSealed: string | null): LoanbookError {
  return new LoanbookError('day_not_sealed', 'There is no such sealed day.', {
    exitCode: EXIT.usage,
    evidence: { asOf, lastSealed: lastSealed ?? 'none' },
    next: '`loanbook eod run` closes and seals a day.',
  });
}

function termsView(loan: LoanRow, text: Format): LoanTermsView {
  const { product: code, document, sha256, reading } = loan;
  const terms = storedProductTerms({ code, document, sha256, reading });
  return {
    product: loan.product,
    version: loan.version,
    productName: loan.productName,
    org: loan.org,
    fundingPlan: loan.fundingPlan,
    currency: loan.currency,
    principal: text(loan.principal),
    rate: loan.rate,
    rateUnit: terms.interest.rateUnit,
    method: terms.repayment.method,
    periods: loan.periods,
    disbursedOn: loan.disbursedOn,
    firstDueOn: loan.firstDueOn,
    bornOn: loan.bornOn,
    paidPeriods: loan.paidPeriods,
  };
}

/** Kinds of lines that say what money paid. */
const PAID: ReadonlySet<number> = new Set([LINE.paid, LINE.recovered, LINE.returned]);

const NO_DAY_TEXT = formatDay(NO_DAY);

function positionView(position: StoredPosition, text: Format): PositionView {
  return {
    businessDate: position.businessDate,
    foldedOn: position.foldedOn,
    status: STATUS_NAMES[position.status] ?? String(position.status),
    classification: CLASS_NAMES[position.classification] ?? String(position.classification),
    overdueBucket: `M${position.overdueBucket}`,
    daysPastDue: position.daysPastDue,
    accruing: position.accruing,
    principal: text(position.principal),
    principalOverdue: text(position.principalOverdue),
    interestAccrued: text(Math.max(position.interestAccrued, 0)),
    interestDue: text(position.interestDue),
    penaltyDue: text(position.penaltyDue),
    compoundDue: text(position.compoundDue),
    feeDue: text(position.feeDue),
    suspense: text(position.suspense),
    refundDue: text(position.refundDue),
    nextDueOn: position.nextDueOn === NO_DAY_TEXT ? null : position.nextDueOn,
  };
}

function eventView(
  event: StoredEvent,
  allocations: readonly StoredAllocation[],
  text: Format,
): EventView {
  const { ref, type, valueDate, businessDate, rule } = event;
  const judged = rule === '' || rule === IN_OPENING ? 'posted' : 'rejected';
  return {
    ref,
    type: EVENT_TYPE_NAMES[type] ?? String(type),
    valueDate,
    businessDate,
    amount: text(event.amount),
    outcome: rule === null ? 'waiting' : judged,
    rule: rule === '' ? null : rule,
    allocated: text(event.allocated ?? 0),
    toSuspense: text(event.toSuspense ?? 0),
    buyer: event.buyer === '' ? null : event.buyer,
    dueOn: event.dueOn === NO_DAY_TEXT ? null : event.dueOn,
    allocations: allocations
      .filter(({ eventId, kind }) => eventId === event.eventId && PAID.has(kind))
      .map(({ seq, component, amount }) => ({
        seq,
        component: LINE_COMPONENTS[component]!,
        amount: text(amount),
      })),
  };
}

function entryView(entry: StoredEntry, text: Format): EntryView {
  const { businessDate, voucher, account, name, nameZh, amount, kind, ref } = entry;
  return {
    businessDate,
    voucher,
    account,
    name,
    nameZh,
    debit: text(Math.max(amount, 0)),
    credit: text(Math.max(0 - amount, 0)),
    movement: movementOf(kind),
    ref,
  };
}
