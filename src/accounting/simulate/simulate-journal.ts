import { Refusal } from '../money/refusal.js';
import type { EpochDay, Fen } from '../money/units.js';
import {
  BALANCE,
  BALANCES,
  type DayFlow,
  MOVEMENT,
  MOVEMENTS,
  type Movement,
} from '../posting/flow.js';
import { addLine, type VoucherLine } from '../posting/posting.js';
import type { SimulatedLedger } from './simulate-input.js';

/** One line of an entry; debit positive. */
export interface JournalLine {
  readonly businessDate: EpochDay;
  readonly voucher: number;
  readonly code: string;
  readonly amount: Fen;
  readonly memo: string;
}

/**
 * Collects one loan's entries: one voucher an event, and one a kind for what the close itself does.
 * Throws Refusal `no_posting_rule` for a movement that no rule covers.
 */
export class JournalWriter {
  readonly lines: JournalLine[] = [];
  readonly #ledger: SimulatedLedger;
  readonly #memoOf: (eventId: number) => string;
  readonly #open: VoucherLine[] = [];
  #vouchers = 0;

  /** `memoOf` names the event of a voucher; the close itself is named by its movement. */
  constructor(ledger: SimulatedLedger, memoOf: (eventId: number) => string) {
    this.#ledger = ledger;
    this.#memoOf = memoOf;
  }

  disburse(date: EpochDay, principal: Fen): void {
    this.#post(MOVEMENT.disbursement, BALANCE.principalNormal, true, principal);
    this.#close(date, 'disbursement');
  }

  /** The balances that a loan enters the book with. */
  open(date: EpochDay, movements: readonly Movement[]): void {
    for (const { kind, balance, accruing, amount } of movements) {
      this.#post(kind, balance, accruing, amount);
    }
    this.#close(date, 'opening');
  }

  /** The entries of a close in its order: due, suspense and events, the night, ageing. */
  addDay(date: EpochDay, flow: DayFlow): void {
    if (!flow.touched) {
      this.#postNight(date, flow);
      return;
    }
    const billed = flow.interestBilled - flow.interestSettled;
    this.#post(MOVEMENT.due, BALANCE.interestDue, flow.accruing, billed);
    this.#close(date, 'due');
    const { movements } = flow;
    const ageing = movements.findIndex(isAgeing);
    const split = ageing < 0 ? movements.length : ageing;
    this.#addVouchers(date, movements.slice(0, split));
    this.#postNight(date, flow);
    this.#addVouchers(date, movements.slice(split));
  }

  #postNight(date: EpochDay, flow: DayFlow): void {
    const { accruing } = flow;
    this.#post(MOVEMENT.accrual, BALANCE.interestAccrued, accruing, flow.interestAccrued);
    if (flow.touched) {
      this.#post(MOVEMENT.accrual, BALANCE.penalty, accruing, flow.penaltyAccrued);
      this.#post(MOVEMENT.accrual, BALANCE.compound, accruing, flow.compoundAccrued);
    }
    this.#close(date, 'accrual');
  }

  #addVouchers(date: EpochDay, movements: readonly Movement[]): void {
    for (const [at, movement] of movements.entries()) {
      this.#post(movement.kind, movement.balance, movement.accruing, movement.amount);
      const following = movements[at + 1];
      if (following === undefined || !isSameVoucher(movement, following)) {
        const { eventId, kind } = movement;
        this.#close(date, eventId === 0 ? MOVEMENTS[kind]! : this.#memoOf(eventId));
      }
    }
  }

  #post(kind: number, balance: number, accruing: boolean, amount: Fen): void {
    if (amount === 0) return;
    const legs = this.#ledger.rules.legs(kind, balance, accruing);
    if (legs === undefined) {
      throw new Refusal('no_posting_rule', 'no posting rule covers the movement', {
        movement: MOVEMENTS[kind] ?? null,
        balance: BALANCES[balance] ?? null,
        accruing,
      });
    }
    for (const { accountId, sign } of legs) addLine(this.#open, kind, accountId, amount * sign);
  }

  #close(businessDate: EpochDay, memo: string): void {
    if (this.#open.length === 0) return;
    this.#vouchers += 1;
    for (const { accountId, amount } of this.#open) {
      const code = this.#ledger.codes[accountId] ?? '';
      this.lines.push({ businessDate, voucher: this.#vouchers, code, amount, memo });
    }
    this.#open.length = 0;
  }
}

function isAgeing({ kind }: Movement): boolean {
  return kind === MOVEMENT.overdue || kind === MOVEMENT.nonAccrual || kind === MOVEMENT.accrualBack;
}

function isSameVoucher(a: Movement, b: Movement): boolean {
  return a.eventId === b.eventId && (a.eventId !== 0 || a.kind === b.kind);
}
