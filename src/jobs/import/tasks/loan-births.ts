import { EVENT_TYPE } from '../../../accounting/events/loan-event.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { TupleWriter } from '../../../db/copy/tuple-writer.js';

/** The numbers that an import into an empty book is going to have. */
export interface BirthNumbers {
  readonly importId: number;
  /** The event of the first line. */
  readonly firstEvent: number;
}

export const BALANCE_COLUMNS = ['bucket', 'loan_id', 'version', 'balance_after'] as const;
export const EVENT_COLUMNS = [
  ...['bucket', 'loan_id', 'event_id', 'type', 'ref', 'value_date', 'business_date', 'amount'],
  'import_id',
] as const;

const ROOM = 1 << 19;
/** Tuples of so many bytes are worth a COPY of their own. */
const FULL_BYTES = 1 << 22;

/** A loan that was taken. */
export interface TakenLoan {
  readonly line: number;
  readonly bucket: number;
  readonly loanId: number;
  readonly principal: number;
  readonly disbursedOn: EpochDay;
  readonly bornOn: EpochDay;
}

/**
 * What else a loan brings into an empty book: the balances of its schedule once more, which the
 * close reads by themselves, and the event by which it is there. The server would make both out of
 * the staged rows one by one.
 */
export class LoanBirths {
  readonly balances = new TupleWriter(ROOM);
  readonly events = new TupleWriter(ROOM);
  readonly #numbers: BirthNumbers;

  constructor(numbers: BirthNumbers) {
    this.#numbers = numbers;
  }

  get isFull(): boolean {
    return this.balances.length >= FULL_BYTES;
  }

  /** `balanceAfter`: the field of its schedule, length word included. */
  add(loan: TakenLoan, version: number, balanceAfter: Buffer): void {
    const { balances, events } = this;
    balances.tuple(BALANCE_COLUMNS.length);
    balances.int2(loan.bucket);
    balances.int8(loan.loanId);
    balances.int2(version);
    balances.raw(balanceAfter);
    const isNew = loan.bornOn === loan.disbursedOn;
    events.tuple(EVENT_COLUMNS.length);
    events.int2(loan.bucket);
    events.int8(loan.loanId);
    events.int8(this.#numbers.firstEvent + loan.line - 1);
    events.int2(isNew ? EVENT_TYPE.disbursement : EVENT_TYPE.opening);
    events.text(isNew ? 'disbursement' : 'opening');
    events.date(loan.disbursedOn);
    events.date(loan.bornOn);
    events.int8(loan.principal);
    events.int4(this.#numbers.importId);
  }
}
