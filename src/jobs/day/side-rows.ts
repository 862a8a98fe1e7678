import { createHash } from 'node:crypto';
import type { Position } from '../../accounting/fold/position.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import { Total } from '../../accounting/money/total.js';
import type { EpochDay } from '../../accounting/money/units.js';
import {
  BALANCE,
  BALANCES,
  type DayFlow,
  MOVEMENTS,
  type Movement,
} from '../../accounting/posting/flow.js';
import { addLine, type PostingRules, type VoucherLine } from '../../accounting/posting/posting.js';
import type { Schedule } from '../../accounting/schedule/schedule-rows.js';
import { dateArray, int8Array } from '../../db/copy/copy-array.js';
import type { TupleWriter } from '../../db/copy/tuple-writer.js';
import { FoldBuffers } from './fold-buffers.js';
import { ItemRows } from './joint/item-rows.js';
import { MissingRule } from './rows/missing-rule.js';
import {
  ALLOCATION,
  FUNDING_ITEM,
  JOURNAL,
  OUTCOME,
  SCHEDULE,
  SCHEDULE_BALANCE,
  type SideTable,
} from './side-tables.js';

/** Voucher number of an entry: task * 10^8 + ordinal, so that a redo gives the same bytes. */
export const VOUCHERS_PER_TASK = 100_000_000;
/** The task number under which the entries of whole accounting groups are numbered. */
export const DAY_TASK = 99_999;

interface WaitingOutcome {
  readonly bucket: number;
  readonly loanId: number;
  readonly eventId: number;
  readonly rule: string;
  readonly allocated: number;
  readonly toSuspense: number;
}

/**
 * The allocations, event outcomes and journal lines of a task, collected in memory until the task's
 * transaction takes them. A loan that turns out not to fold is undone by `rewind`.
 */
export class SideRows {
  readonly allocations: TupleWriter;
  readonly outcomes: TupleWriter;
  readonly journal: TupleWriter;
  readonly schedules: TupleWriter;
  readonly balances: TupleWriter;
  readonly items: ItemRows;
  readonly #writers: readonly TupleWriter[];
  readonly #rulesOf: (groupId: number) => PostingRules;
  readonly #date: EpochDay;
  readonly #firstVoucher: number;
  readonly #hashes = [0, 1, 2, 3].map(() => createHash('sha256'));
  readonly #lines: VoucherLine[] = [];
  readonly #waiting: WaitingOutcome[] = [];
  #vouchers = 0;
  #markedVouchers = 0;

  constructor(
    rulesOf: (groupId: number) => PostingRules,
    date: EpochDay,
    task: number,
    { allocations, outcomes, journal, schedules, balances, items } = new FoldBuffers(),
  ) {
    this.allocations = allocations;
    this.outcomes = outcomes;
    this.journal = journal;
    this.schedules = schedules;
    this.balances = balances;
    this.items = new ItemRows(items, date);
    this.#writers = [allocations, outcomes, journal, schedules, balances, items];
    this.#rulesOf = rulesOf;
    this.#date = date;
    this.#firstVoucher = task * VOUCHERS_PER_TASK;
  }

  /** Bytes that wait to be written. */
  get length(): number {
    return this.#writers.reduce((sum, writer) => sum + writer.length, 0);
  }

  /** Remembers what is there, before the next loan is folded. */
  mark(): void {
    this.#writeOutcomes();
    for (const writer of this.#writers) writer.mark();
    this.#markedVouchers = this.#vouchers;
    this.items.mark();
  }

  /** Drops all that was added since the mark. */
  rewind(): void {
    for (const writer of this.#writers) writer.rewind();
    this.#vouchers = this.#markedVouchers;
    this.items.rewind();
    this.#waiting.length = 0;
  }

  /** Adds what the close of one loan left in its flow; `ordinal` numbers its allocations on. */
  add(position: Position, flow: DayFlow, ordinal = 0): void {
    const { loanId, bucket } = position;
    const date = this.#date;
    let place = ordinal;
    for (const line of flow.allocations) {
      place += 1;
      const rows = this.allocations;
      rows.tuple(ALLOCATION.columns.length);
      rows.int8(loanId);
      rows.int8(line.eventId);
      rows.int8(line.amount);
      rows.date(date);
      rows.int2(bucket);
      rows.int2(place);
      rows.int2(line.seq);
      rows.int2(line.component);
      rows.int2(line.kind);
    }
    for (const outcome of flow.outcomes) {
      this.addOutcome(bucket, loanId, outcome.eventId, outcome);
    }
    for (const item of flow.items) this.items.add(position, item);
    this.#addEntries(position, flow.movements);
  }

  /** Outcomes of a loan wait until all of its day is known: they are kept in order of events. */
  addOutcome(
    bucket: number,
    loanId: number,
    eventId: number,
    outcome: { rule: string; allocated: number; toSuspense: number },
  ): void {
    if (this.#waiting.length > 0 && this.#waiting[0]!.loanId !== loanId) this.#writeOutcomes();
    const { rule, allocated, toSuspense } = outcome;
    // They are written behind the guard of their loan: what no column holds is told now.
    if (!Number.isSafeInteger(allocated) || !Number.isSafeInteger(toSuspense)) {
      throw new InvariantError('the cash of an event is no safe integer', { eventId });
    }
    this.#waiting.push({ bucket, loanId, eventId, rule, allocated, toSuspense });
  }

  #writeOutcomes(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    if (waiting.length > 1) waiting.sort((a, b) => a.eventId - b.eventId);
    const rows = this.outcomes;
    for (const outcome of waiting) {
      rows.tuple(OUTCOME.columns.length);
      rows.int8(outcome.loanId);
      rows.int8(outcome.eventId);
      rows.int8(outcome.allocated);
      rows.int8(outcome.toSuspense);
      rows.date(this.#date);
      rows.int2(outcome.bucket);
      rows.text(outcome.rule);
    }
    while (waiting.length > 0) waiting.pop();
  }

  /** A schedule laid again: the version that the position carries. */
  addSchedule(position: Position, schedule: Schedule): void {
    const rows = this.schedules;
    rows.tuple(SCHEDULE.columns.length);
    rows.int2(position.bucket);
    rows.int8(position.loanId);
    rows.int2(position.scheduleVersion);
    rows.date(this.#date);
    int8Array(rows, schedule.balanceAfter);
    dateArray(rows, schedule.dueOn);
    int8Array(rows, schedule.principal);
    int8Array(rows, schedule.interest);
    const { balances } = this;
    balances.tuple(SCHEDULE_BALANCE.columns.length);
    balances.int2(position.bucket);
    balances.int8(position.loanId);
    balances.int2(position.scheduleVersion);
    int8Array(balances, schedule.balanceAfter);
  }

  /** One voucher an event; the close's own movements make one voucher a kind. */
  #addEntries(position: Position, movements: readonly Movement[]): void {
    let from = 0;
    while (from < movements.length) {
      const first = movements[from]!;
      let to = from + 1;
      while (to < movements.length && sameVoucher(first, movements[to]!)) to += 1;
      this.#lines.length = 0;
      const rules = this.#rulesOf(position.groupId);
      for (let i = from; i < to; i += 1) this.#addLegs(rules, movements[i]!);
      if (this.#lines.length > 0) {
        this.addVoucher(this.#lines, position, first.eventId, first.kind);
      }
      from = to;
    }
  }

  #addLegs(rules: PostingRules, movement: Movement): void {
    const { amount, own = amount, partner = 0 } = movement;
    if (own !== 0) this.#addShare(rules, movement, own, false);
    if (partner !== 0) this.#addShare(rules, movement, partner, true);
  }

  #addShare(rules: PostingRules, movement: Movement, amount: number, isPartners: boolean): void {
    const { kind } = movement;
    const legs = rules.legs(kind, movement.balance, movement.accruing, isPartners);
    if (legs === undefined) {
      // A book that has no account for it yet: only the loan that needs it waits.
      if (movement.balance === BALANCE.refundDue) throw noRefundAccount(movement.amount);
      throw new MissingRule(
        MOVEMENTS[movement.kind]!,
        BALANCES[movement.balance]!,
        movement.accruing,
        isPartners,
      );
    }
    for (const { accountId, sign } of legs) addLine(this.#lines, kind, accountId, amount * sign);
  }

  /** Adds an entry under the next voucher number; throws InvariantError unless it balances. */
  addVoucher(
    lines: readonly VoucherLine[],
    of: { loanId: number; bucket: number; groupId: number },
    eventId: number,
    kind: number,
  ): void {
    this.#vouchers += 1;
    const voucher = this.#firstVoucher + this.#vouchers;
    const sum = new Total();
    let number = 0;
    for (const line of lines) {
      number += 1;
      sum.add(line.amount);
      const rows = this.journal;
      rows.tuple(JOURNAL.columns.length);
      rows.int8(voucher);
      rows.int8(of.loanId);
      rows.int8(eventId);
      rows.int8(line.amount);
      rows.date(this.#date);
      rows.int4(line.accountId);
      rows.int4(of.groupId);
      rows.int2(of.bucket);
      rows.int2(number);
      rows.int2(kind);
    }
    if (!sum.isZero) {
      throw new InvariantError('a voucher does not balance', { voucher, sum: String(sum.value) });
    }
  }

  /**
   * Hands the collected rows to `write`, table by table, and hashes them. The bytes are used again
   * once `write` is done.
   */
  async flush(write: (table: SideTable, rows: Buffer) => Promise<void>): Promise<void> {
    this.#writeOutcomes();
    const parts = [
      [ALLOCATION, this.allocations],
      [OUTCOME, this.outcomes],
      [JOURNAL, this.journal],
      [SCHEDULE, this.schedules],
      [SCHEDULE_BALANCE, this.balances],
      [FUNDING_ITEM, this.items.rows],
    ] as const;
    for (const [index, [table, writer]] of parts.entries()) {
      if (writer.length === 0) continue;
      const rows = writer.take();
      // A copy of what was hashed already has no hash.
      this.#hashes[index]?.update(rows);
      if (table === FUNDING_ITEM) this.items.hash.update(rows);
      await write(table, rows);
      writer.recycle(rows);
    }
  }

  /** SHA-256 of all allocations, outcomes, journal lines and schedules, in this order. */
  digests(): Buffer[] {
    return this.#hashes.map((hash) => hash.digest());
  }
}

function sameVoucher(a: Movement, b: Movement): boolean {
  return a.eventId === b.eventId && (a.eventId !== 0 || a.kind === b.kind);
}

function noRefundAccount(amount: number): InvariantError {
  return new InvariantError('the ledger has no rule for refund_due: apply one that has', {
    amount,
  });
}
