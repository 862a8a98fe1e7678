import { expect } from 'vitest';
import { answerOf } from '../../jobs/funding/simulate/funding-cases.js';
import type { DeductInput } from './deduct-input.js';
import { naiveDeductions } from './naive-deductions.js';
import { randomDeductions } from './random-deductions.js';

interface Answered {
  readonly orders: readonly { readonly order_no: string; readonly state: string }[];
  readonly postings: readonly { readonly loan_no: string; readonly amount: string }[];
  readonly open: Readonly<Record<string, string>>;
  readonly suspense: Readonly<Record<string, string>>;
}

const fen = (text: string) => Math.round(Number(text) * 100);

/** Holds one history to the second model, and to what customers lost. */
export function holdHistory(seed: number): void {
  const { input, lost } = randomDeductions(seed);
  const answer = answerOf(input) as unknown as Answered;
  expect(answer, `seed ${seed}`).toEqual(naiveDeductions(input));
  for (const [loan, taken] of Object.entries(lost)) {
    const posted = answer.postings
      .filter(({ loan_no }) => loan_no === loan)
      .reduce((sum, { amount }) => sum + fen(amount), 0);
    const asked = input.dues
      .filter(({ loan_no }) => loan_no === loan)
      .reduce((sum, { amount }) => sum + fen(amount), 0);
    const paid = asked - fen(answer.open[loan]!) + fen(answer.suspense[loan]!);
    expect({ seed, loan, posted, paid }).toEqual({ seed, loan, posted: taken, paid: taken });
  }
  // Each step once more for each step: not for all.
  if (seed % 5 === 0) holdInFlight(input, seed);
}

/** After every step: what is in flight of a loan is one attempt at one instalment. */
function holdInFlight(input: DeductInput, seed: number): void {
  for (const length of input.steps.keys()) {
    const steps = input.steps.slice(0, length + 1);
    if (steps.at(-1)?.type !== 'run') continue;
    const { orders } = answerOf({ ...input, steps }) as unknown as Answered;
    const sets = new Map<string, Set<string>>();
    for (const { order_no, state } of orders) {
      if (state !== 'sent' && state !== 'unknown') continue;
      const [, loan = '', seq, attempt] = order_no.split('-');
      sets.set(loan, (sets.get(loan) ?? new Set()).add(`${seq}-${attempt}`));
    }
    for (const [loan, set] of sets) expect([...set], `seed ${seed}, ${loan}`).toHaveLength(1);
  }
}
