import type pg from 'pg';
import { formatAmount } from '../../accounting/amount-text.js';
import { bucketOf } from '../../accounting/bucket.js';
import { formatDay } from '../../accounting/epoch-day.js';
import { COMPONENTS, LINE, MOVEMENTS } from '../../accounting/flow.js';
import { EVENT_TYPE_NAMES } from '../../accounting/loan-event.js';
import { CLASS_NAMES, STATUS_NAMES } from '../../accounting/position.js';
import { type EpochDay, type Fen, NO_DAY } from '../../accounting/units.js';
import { productFromValue } from '../../documents/product-document.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { installmentViews, scheduleRows } from './installment-view.js';
import {
  findLoan,
  type LoanRow,
  loadAllocations,
  loadEntries,
  loadEvents,
  loadHeld,
  loadPosition,
  loadSchedule,
  type StoredAllocation,
  type StoredEntry,
  type StoredEvent,
  type StoredPosition,
} from './loan-queries.js';
import type { EntryView, EventView, LoanTermsView, LoanView, PositionView } from './loan-view.js';

type Format = (fen: Fen) => string;

/**
 * One loan as it stood at the close of a sealed day, by default the last; an open day is never
 * shown. Throws LoanbookError `unknown_loan`, and `day_not_sealed` (exit 2) for another day.
 */
export async function showLoan(
  client: pg.Client,
  loanNo: string,
  asOf?: EpochDay,
): Promise<LoanView> {
  const asked = asOf === undefined ? null : formatDay(asOf);
  const loan = await findLoan(client, bucketOf(loanNo), loanNo, asked);
  if (loan === undefined) throw unknownLoan(loanNo);
  if (asked !== null && !loan.asOfIsSealed) throw notSealed(asked, loan.lastSealed);
  const text = (fen: Fen) => formatAmount(fen, loan.minorDigits);
  const day = asked ?? loan.lastSealed;
  const of = <T>(load: (client: pg.Client, loan: LoanRow, day: string) => Promise<T>, none: T) =>
    day === null ? Promise.resolve(none) : load(client, loan, day);
  // One after the other: a connection runs one statement at a time.
  const position = await of(loadPosition, undefined);
  const schedule = await loadSchedule(client, loan, position?.scheduleVersion ?? null);
  const allocations = await of(loadAllocations, [] as StoredAllocation[]);
  const events = await of(loadEvents, [] as StoredEvent[]);
  const entries = await of(loadEntries, [] as StoredEntry[]);
  return {
    loanNo,
    asOf: day,
    terms: termsView(loan, text),
    schedule: schedule === undefined ? [] : scheduleRows(schedule, loan.disbursedOn, text),
    installments:
      schedule === undefined || position === undefined
        ? []
        : installmentViews(
            { schedule, position, allocations, paidPeriods: loan.paidPeriods },
            text,
          ),
    position: position === undefined ? null : positionView(position, text),
    held: await of(loadHeld, null),
    events: events.map((event) => eventView(event, allocations, text)),
    entries: entries.map((entry) => entryView(entry, text)),
  };
}

function unknownLoan(loanNo: string): LoanbookError {
  return new LoanbookError('unknown_loan', 'The book has no such loan.', {
    evidence: { loanNo },
    next: 'Check the number: it is compared as it was imported, capitals and zeros included.',
  });
}

function notSealed(asOf: string, lastSealed: string | null): LoanbookError {
  return new LoanbookError('day_not_sealed', 'There is no such sealed day.', {
    exitCode: EXIT.usage,
    evidence: { asOf, lastSealed: lastSealed ?? 'none' },
    next: '`loanbook eod run` closes and seals a day.',
  });
}

function termsView(loan: LoanRow, text: Format): LoanTermsView {
  const { terms } = productFromValue(JSON.parse(loan.document), { name: loan.product });
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
    interestAccrued: text(position.interestAccrued),
    interestDue: text(position.interestDue),
    penaltyDue: text(position.penaltyDue),
    compoundDue: text(position.compoundDue),
    feeDue: text(position.feeDue),
    suspense: text(position.suspense),
    nextDueOn: position.nextDueOn === NO_DAY_TEXT ? null : position.nextDueOn,
  };
}

function eventView(
  event: StoredEvent,
  allocations: readonly StoredAllocation[],
  text: Format,
): EventView {
  const { ref, type, valueDate, businessDate, rule } = event;
  const judged = rule === '' ? 'posted' : 'rejected';
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
    allocations: allocations
      .filter(({ eventId, kind }) => eventId === event.eventId && PAID.has(kind))
      .map(({ seq, component, amount }) => ({
        seq,
        component: COMPONENTS[component]!,
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
    movement: MOVEMENTS[kind] ?? String(kind),
    ref,
  };
}
