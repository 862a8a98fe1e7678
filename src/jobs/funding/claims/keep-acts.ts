import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { EVENT_TYPE } from '../../../accounting/events/loan-event.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { COMPONENTS } from '../../../accounting/posting/flow.js';
import type { Book } from '../../book/book.js';
import { accountOfRole, type LedgerRole } from '../../book/documents/ledger-roles.js';
import { recordImport, reserveEvents } from '../../import/import-record.js';
import { addEntries } from '../../ledger/entry.js';
import type { GuaranteedLoanOfBook, Step } from './guaranteed-loans.js';
import type { Taken } from './replay.js';

/** An act to be kept, and what it came to; a charge comes to nothing. */
export interface Act {
  readonly loan: GuaranteedLoanOfBook;
  readonly type: Exclude<Step['type'], 'repayment'>;
  readonly seq: number;
  readonly amount: Fen;
  readonly ref: string;
  /** Of what is passed: the customer's money. */
  readonly of?: Step;
  readonly taken?: Taken;
}

export interface ActsOf {
  readonly book: Book;
  readonly day: EpochDay;
  readonly by: string;
  /** What brought them, and what it is known by: a file of answers, or the book's own money. */
  readonly source: { readonly name: string; readonly sha256: string };
}

/** One event that an act makes of its loan. */
interface NewEvent {
  readonly type: number;
  readonly part: string;
  readonly amount: Fen;
  readonly valueDate?: string;
  readonly component?: number;
  readonly seq?: number;
  readonly of?: number;
  readonly buyer?: string;
}
const HOLD = 1;

/**
 * Keeps acts of one day in order: the acts, what they make of their loans (events of the book),
 * what is owed to guarantors and what none of the loans posts. Inside of a transaction that holds
 * the lock of imports and, but for charges, the open day.
 */
export async function keepActs(client: pg.Client, acts: readonly Act[], of: ActsOf): Promise<void> {
  const events = acts.map(eventsOf);
  const count = events.reduce((sum, each) => sum + each.length, 0);
  const firstEvent = await reserveEvents(client, count);
  const importId = count === 0 ? 0 : await record(client, events.flat(), of);
  let eventId = firstEvent;
  for (const [at, act] of acts.entries()) {
    const actId = await keepAct(client, act, firstEvent - 1, of);
    for (const event of events[at]!) {
      await keepEvent(client, act.loan, { event, actId, eventId, importId, day: of.day });
      eventId += 1;
    }
    await keepItems(client, act, actId, of.day);
    await post(client, act, actId, of);
  }
}

function record(client: pg.Client, events: readonly NewEvent[], of: ActsOf): Promise<number> {
  const rows = events.length;
  const amount = events.reduce((sum, event) => sum + event.amount, 0);
  return recordImport(client, {
    ...{ kind: 'events', name: of.source.name, sha256: of.source.sha256, again: true },
    ...{ rowsRead: rows, rowsTaken: rows, rowsRejected: 0, amount },
  });
}

/** What the money does to the lender's loan. */
function eventsOf({ type, taken, of, amount, loan }: Act): NewEvent[] {
  if (type === 'compensation' && taken !== undefined) {
    return taken.outcome.allocations.map(({ seq, component, amount: paid }) => ({
      ...{ type: EVENT_TYPE.repayment, part: component, amount: paid, seq },
      component: COMPONENTS.indexOf(component as (typeof COMPONENTS)[number]),
    }));
  }
  if (type === 'buy_back' && taken?.outcome.boughtBack) {
    const price = amount - taken.outcome.returns;
    const buyer = loan.guarantee.guarantor;
    return [{ type: EVENT_TYPE.transfer, part: 'sale', amount: price, buyer }];
  }
  if (type !== 'passed' || of === undefined) return [];
  const rest = of.amount - amount;
  const back = { type: EVENT_TYPE.reversal, part: 'reversal', amount: 0, of: of.eventId };
  const repaid = { type: EVENT_TYPE.repayment, part: 'rest', amount: rest };
  return rest === 0 ? [back] : [back, { ...repaid, valueDate: of.valueDate }];
}

async function keepAct(
  client: pg.Client,
  { loan, type, seq, amount, ref, of }: Act,
  afterEvent: number,
  { day, by, source }: ActsOf,
): Promise<number> {
  const isAnswer = type !== 'charge' && type !== 'passed';
  const { rows } = await client.query<{ actId: number }>(
    `INSERT INTO guarantee_act (act_id, business_date, bucket, loan_id, type, seq, amount, ref,
       after_event, event_id, file_sha256, acted_by)
     SELECT coalesce(max(act_id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
     FROM guarantee_act RETURNING act_id AS "actId"`,
    [
      ...[formatDay(day), loan.bucket, loan.loanId, type, seq, amount, ref],
      ...[afterEvent, of?.eventId ?? 0, isAnswer ? source.sha256 : '', by],
    ],
  );
  return rows[0]!.actId;
}

async function keepEvent(
  client: pg.Client,
  { bucket, loanId }: GuaranteedLoanOfBook,
  made: {
    readonly event: NewEvent;
    readonly actId: number;
    readonly eventId: number;
    readonly importId: number;
    readonly day: EpochDay;
  },
): Promise<void> {
  const { event, actId, eventId, importId } = made;
  const day = formatDay(made.day);
  await client.query(
    `INSERT INTO event (bucket, loan_id, event_id, type, ref, value_date, business_date, amount,
       import_id, component, seq, early_payment, of_event_id, buyer)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      ...[bucket, loanId, eventId, event.type, `guarantee/${actId}/${event.part}`],
      ...[event.valueDate ?? day, day, event.amount, importId],
      ...[event.component ?? 0, event.seq ?? 0, event.seq === undefined ? 0 : HOLD],
      ...[event.of ?? 0, event.buyer ?? ''],
    ],
  );
}

async function keepItems(
  client: pg.Client,
  { type, taken, amount, loan }: Act,
  actId: number,
  day: EpochDay,
): Promise<void> {
  const owed = type === 'passed' ? amount : (taken?.outcome.returns ?? 0);
  if (owed === 0) return;
  const kind = type === 'passed' ? 'recovery' : 'return';
  await client.query(
    `INSERT INTO guarantor_item (act_id, business_date, guarantor, kind, amount)
     VALUES ($1, $2, $3, $4, $5)`,
    [actId, formatDay(day), loan.guarantee.guarantor, kind, owed],
  );
}

/** The guarantor's money comes by bank, and passes the account on which loans are paid. */
async function post(client: pg.Client, act: Act, actId: number, of: ActsOf): Promise<void> {
  const lines = linesOf(act).filter(([, amount]) => amount !== 0);
  if (lines.length === 0) return;
  const { bucket, loanId, groupId, loanNo } = act.loan;
  await addEntries(client, [
    {
      ...{ source: 'guarantee', reference: String(actId), maker: of.by },
      memo: `${act.type} ${loanNo}`,
      ...{ loan: { bucket, loanId }, groupId },
      lines: lines.map(([role, amount]) => ({
        account: accountOfRole(of.book.roles, role),
        amount,
      })),
    },
  ]);
}

function linesOf({ type, taken, amount }: Act): (readonly [LedgerRole, Fen])[] {
  const outcome = taken?.outcome;
  if (outcome === undefined || type === 'charge' || type === 'refusal') return [];
  if (type === 'passed') {
    const claims = outcome.allocations.reduce((sum, each) => {
      return each.to === 'guarantor' && each.component !== 'all' ? sum + each.amount : sum;
    }, 0);
    return [
      ['clearing', amount],
      ['guarantor_payable', 0 - amount],
      ['claims_memo', 0 - claims],
      ['claims_contra', claims],
    ];
  }
  const { returns, boughtBack } = outcome;
  const taken_ = amount - returns;
  const claims = boughtBack === null ? taken_ : 0 - boughtBack.claimsClosed;
  return [
    ['bank', amount],
    [boughtBack === null ? 'clearing' : 'transfer_receivable', 0 - taken_],
    ['guarantor_payable', 0 - returns],
    ['claims_memo', claims],
    ['claims_contra', 0 - claims],
  ];
}
