import type { EpochDay } from '../../../accounting/money/units.js';
import type { EventOutcome, GuaranteeEvent } from '../../../funding/guarantee/events.js';
import { GuaranteedLoan } from '../../../funding/guarantee/guaranteed-loan.js';
import type { GuaranteedLoanOfBook, Step } from './guaranteed-loans.js';

/** An event with what it came to. */
export interface Taken {
  readonly step: Step;
  readonly outcome: EventOutcome;
}

/** A guaranteed loan played from its disbursement: its state, and what each event came to. */
export interface Replayed {
  readonly machine: GuaranteedLoan;
  readonly taken: readonly Taken[];
  /** What a further event of the day comes to; it is kept in the state. */
  take(step: Step): Taken;
}

/**
 * Plays what the book has of a loan, through the close of a day; `isOpen`: the day has not closed
 * yet, and more may come.
 */
export function replay(
  { guarantee, lent, steps }: GuaranteedLoanOfBook,
  through: EpochDay,
  isOpen = false,
): Replayed {
  const machine = new GuaranteedLoan(guarantee, lent);
  const taken: Taken[] = [];
  const take = (step: Step): Taken => {
    const one = { step, outcome: machine.take(eventOf(step)) };
    taken.push(one);
    return one;
  };
  const played = steps.filter(({ type }) => type !== 'passed');
  let next = 0;
  for (let day = lent.disbursedOn; day <= through; day += 1) {
    machine.begin(day);
    for (; next < played.length && played[next]!.day <= day; next += 1) take(played[next]!);
    if (day < through || !isOpen) machine.close();
  }
  return { machine, taken, take };
}

function eventOf({ type, seq, amount }: Step): GuaranteeEvent {
  switch (type) {
    case 'refusal':
      return { type, seq };
    case 'charge':
    case 'compensation':
      return { type, seq, amount };
    case 'repayment':
    case 'buy_back':
      return { type, amount };
    case 'passed':
      throw new TypeError('what was passed is no event of its own');
  }
}
