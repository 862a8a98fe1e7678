import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  checkLoan,
  type LoanBreak,
  type OurLoan,
  type TheirLoan,
} from '../../../src/funding/check/check-loan.js';

const TERMS = { day: 20_543, tolerance: 2, crossDays: 2 };
const amounts = fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 100, max: 100_000 })));

/** What is done to a partner's row, and the breaks that must come of it. */
type Plant = (
  their: TheirLoan,
  ours: OurLoan,
) => {
  readonly theirs: readonly TheirLoan[];
  readonly ours?: OurLoan | null;
  readonly breaks: readonly LoanBreak[];
  readonly tolerated?: readonly (number | undefined)[];
};

const moved = (their: TheirLoan, by: readonly number[]): TheirLoan => {
  const amounts = their.amounts.map((amount, at) => amount! + (by[at] ?? 0));
  // Their own day goes on: what moves the balance moved the one before.
  const before = their.before?.map((amount, at) => amount! + (by[at] ?? 0));
  return { ...their, amounts, before };
};

const PLANTS: Readonly<Record<string, Plant>> = {
  nothing: (their) => ({ theirs: [their], breaks: [] }),
  twice: (their) => ({
    theirs: [their, moved(their, [9])],
    breaks: [{ type: 'duplicate' }],
  }),
  'not ours': (their) => ({ theirs: [their], ours: null, breaks: [{ type: 'missing_ours' }] }),
  'not theirs': () => ({ theirs: [], breaks: [{ type: 'missing_theirs' }] }),
  'settled and absent': (_, ours) => ({
    ...{ theirs: [], ours: { ...ours, status: 'settled' }, breaks: [] },
  }),
  'a day that does not go on': (their) => ({
    theirs: [{ ...their, before: their.before!.map((amount, at) => amount! + (at === 1 ? 5 : 0)) }],
    breaks: [{ type: 'roll', component: 1, difference: -5 }],
  }),
  'another status': (their) => ({
    theirs: [{ ...their, status: 'overdue' }],
    breaks: [{ type: 'status' }],
  }),
  'another class': (their) => ({
    theirs: [{ ...their, class: 'loss' }],
    breaks: [{ type: 'class' }],
  }),
  'a fen above the tolerance': (their) => ({
    theirs: [moved(their, [0, -3, 4])],
    breaks: [
      { type: 'amount', component: 1, difference: -3 },
      { type: 'amount', component: 2, difference: 4 },
    ],
  }),
  'within the tolerance': (their) => ({
    ...{ theirs: [moved(their, [2, 0, -1])], breaks: [], tolerated: [2, undefined, -1] },
  }),
  'one of each': (their) => ({
    theirs: [{ ...moved(their, [1, 50]), class: 'loss', status: 'overdue' }],
    breaks: [
      { type: 'status' },
      { type: 'class' },
      { type: 'amount', component: 1, difference: 50 },
    ],
    tolerated: [1],
  }),
  'late moves': (their, ours) => ({
    theirs: [moved(their, [70, 0, 1])],
    ours: { ...ours, late: [-70, 0, -1], crossSince: TERMS.day - 2 },
    breaks: [{ type: 'cross_day' }],
  }),
  'late moves for too long': (their, ours) => ({
    theirs: [moved(their, [70])],
    ours: { ...ours, late: [-70], crossSince: TERMS.day - 3 },
    breaks: [{ type: 'amount', component: 0, difference: 70 }],
  }),
  'late moves that do not explain it': (their, ours) => ({
    theirs: [moved(their, [70])],
    ours: { ...ours, late: [-69] },
    breaks: [{ type: 'amount', component: 0, difference: 70 }],
  }),
};

it.each(Object.entries(PLANTS))('%s: finds what was planted and nothing else', (_, plant) => {
  fc.assert(
    fc.property(amounts, amounts, (before, flows) => {
      const today = before.map((amount, at) => amount + flows[at]!);
      const said = { status: 'normal', class: 'normal', amounts: today };
      const ours: OurLoan = { ...said, late: [], crossSince: null };
      const planted = plant({ ...said, before, flows }, ours);
      const own = planted.ours === undefined ? ours : planted.ours;
      const { breaks, tolerated } = checkLoan(own, planted.theirs, TERMS);
      expect(breaks).toEqual(planted.breaks);
      const sums = [0, 1, 2].map((at) => tolerated[at]);
      expect(sums).toEqual([0, 1, 2].map((at) => planted.tolerated?.[at]));
    }),
    { numRuns: 50, seed: 18 },
  );
});
