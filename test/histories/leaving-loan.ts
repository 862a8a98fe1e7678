import { formatDay, parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { Random } from '../../src/jobs/generate/random.js';
import type { ModelDocument } from '../model/model.js';
import { type DayRange, randomLoan } from './random-loan.js';

type Event = NonNullable<ModelDocument['events']>[number];

/**
 * A random loan that is settled early in the range, or given back to the merchant, and of which
 * something is heard some days after: its last payment bounced, an older one turns up, or money
 * comes that nobody owes. Half of them are settled again, and heard of once more.
 */
export function leavingLoan(seed: number, range: DayRange): ModelDocument {
  const draw = new Random(seed + 7_000_000);
  const document = randomLoan(seed, range);
  const start = parseDay(document.loan.disbursed_on)!;
  const early = formatDay(start + 3);
  const before = (document.events ?? []).filter(
    ({ value_date: on, business_date: booked = on }) => booked < early,
  );
  const events: Event[] = [...before];
  const first = start + 3 + draw.below(5);
  const ending = draw.below(6);
  const refund = ending === 0 && document.product.interest?.recalculation === undefined;
  if (ending === 1) events.push(event('X1', 'transfer', first, { amount: '543.21' }));
  else events.push(event('X1', refund ? 'merchant_refund' : 'settlement', first));
  // What an earlier event left in suspense would keep the loan in the book.
  let on = first + 2 + draw.below(6);
  events.push(...news(draw, 'Y', 'X1', start, first, on));
  if (draw.below(2) === 0) {
    on += 1 + draw.below(3);
    events.push(event('X2', 'settlement', on));
    const late = on + 2 + draw.below(6);
    events.push(...news(draw, 'Z', 'X2', start, on, late));
  }
  return { ...document, events, through: formatDay(range.through) };
}

/** What is heard on day `on` of a loan that `of` ended on day `ended`. */
function news(
  draw: Random,
  ref: string,
  of: string,
  start: number,
  ended: number,
  on: number,
): Event[] {
  const earlier = start + 1 + draw.below(ended - start);
  switch (draw.below(8)) {
    case 0:
      return [event(`${ref}1`, 'repayment', on, { amount: '12.34' })];
    case 1:
      return [
        event(`${ref}1`, 'fee', on, { amount: '5.00', due_on: formatDay(on + draw.below(5)) }),
      ];
    case 2:
      return [event(`${ref}1`, 'repayment', earlier, { amount: '3.21', business_date: on })];
    case 3: {
      const between = ended + draw.below(on - ended);
      return [event(`${ref}1`, 'repayment', between, { amount: '3.21', business_date: on })];
    }
    case 4:
      return [
        event(`${ref}1`, 'reversal', on, { of }),
        event(`${ref}2`, 'settlement', ended, { business_date: on }),
      ];
    default:
      return [event(`${ref}1`, 'reversal', on, { of })];
  }
}

function event(
  ref: string,
  type: string,
  valueOn: number,
  own: Readonly<Record<string, string | number>> = {},
): Event {
  const { business_date: booked, ...rest } = own;
  const dated = booked === undefined ? {} : { business_date: formatDay(Number(booked)) };
  return { ref, type, value_date: formatDay(valueOn), ...dated, ...rest } as Event;
}
