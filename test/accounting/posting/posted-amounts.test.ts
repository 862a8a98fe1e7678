import { expect, it } from 'vitest';
import { type Legs, postedAmounts } from '../../../src/accounting/posting/posted-amounts.js';

/** Cash against principal, and cash against interest by way of a receivable. */
const LEGS: Readonly<Record<string, Legs>> = {
  principal: new Map([
    ['cash', 1],
    ['loans', -1],
  ]),
  interest: new Map([
    ['receivable', 0],
    ['cash', 1],
    ['income', -1],
  ]),
};
const posted = (moved: Readonly<Record<string, bigint>>) =>
  postedAmounts(new Map(Object.entries(moved)), Object.keys(LEGS), (rule) => LEGS[rule]!);

it('tells postings apart, sums that are no safe integers too', () => {
  const principal = 12_000_000_000_000_001n;
  const moved = { cash: principal + 7n, loans: -principal, receivable: 0n, income: -7n };
  expect(posted(moved)).toEqual([
    { rules: ['principal'], amount: principal },
    { rules: ['interest'], amount: 7n },
  ]);
});

it('says nothing where the accounts do not tell it', () => {
  expect(posted({ cash: 8n, loans: -7n })).toBeUndefined();
});
