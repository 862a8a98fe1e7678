import { dayAt, type JointBook } from './joint-book.js';

export const JOINT = {
  ...{ code: 'JL', version: 1, effective_from: '2026-01-01' },
  parties: [
    { party: 'OWN', part: 30, own: true },
    { party: 'P1', part: 70 },
  ],
  service_fee: [{ from: 'P1', of: ['interest', 'penalty'], rate: '0.25', vat: '0.06' }],
};
/** Thirds, the lender in the middle of them, its penalty and fees its own; one of fixed yield. */
export const THREE = {
  ...{ code: 'T3', version: 1, effective_from: '2026-01-01', tail: 'OWN' },
  parties: [
    { party: 'P1', part: 1 },
    { party: 'OWN', part: 1, own: true },
    { party: 'P2', part: 1, rate: '0.072' },
  ],
  components: { penalty: { OWN: 1 } },
  service_fee: [{ from: 'P1', of: ['interest'], rate: '0.1', vat: '0' }],
};

export const DAILY = `repayment: {method: equal_principal, interval: {every: 1, unit: day}}
penalty: {rate: {annual: 0.27}}
allocation: {early_payment: hold}
`;
const DAYS = 10;

/** A seeded stream of whole numbers below `n`. */
function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * n);
  };
}

export const LOANS = 24;

/**
 * Repayments, waivers, fees, refunds, write-offs with recoveries, reversals and late events on loans
 * that fall due every day. Events that a loan's state refuses are rejected by the close.
 */
export async function liveThrough(
  book: JointBook,
  plans: readonly string[],
  days = DAYS,
  workers = 1,
): Promise<void> {
  const below = seeded(7);
  const rows = Array.from({ length: LOANS }, (_, k) => {
    const principal = (3_333.33 + 77.77 * k).toFixed(2);
    return `L${k},P,${principal},0.36,${6 + (k % 4)},${dayAt(0)},${plans[k % plans.length]}`;
  });
  await book.loans(rows);
  await book.close(dayAt(0), workers);
  const refs: string[] = [];
  for (let day = 1; day <= days; day += 1) {
    const events: string[] = [];
    for (let k = 0; k < LOANS; k += 1) {
      const ref = `E${day}-${k}`;
      const late = below(4) === 0 ? dayAt(Math.max(1, day - 1 - below(3))) : dayAt(day);
      const amount = `${1 + below(900)}.${10 + below(90)}`;
      const what = below(12);
      const put = (type: string, on: string, more = '') =>
        events.push(`${ref},L${k},${type},${on},${amount},${more}`);
      if (what < 5) put('repayment', late, ',');
      else if (what === 5) put('waiver', dayAt(day), 'interest,');
      else if (what === 6) put('waiver', dayAt(day), 'principal,');
      else if (what === 7) put('fee', dayAt(day), 'fee,');
      else if (what === 8 && k % 6 === 1) put('merchant_refund', dayAt(day), ',');
      else if (what === 9 && k % 8 === 3) events.push(`${ref},L${k},write_off,${dayAt(day)},,,`);
      else if (what === 10 && k % 8 === 3) put('recovery', dayAt(day), ',');
      else if (refs.length > 0 && below(2) === 0) {
        const of = refs[below(refs.length)]!;
        events.push(`${ref},L${of.split('-')[1]},reversal,${dayAt(day)},,,${of}`);
        continue;
      } else continue;
      refs.push(ref);
    }
    await book.events(...events);
    await book.close(dayAt(day), workers);
  }
}
