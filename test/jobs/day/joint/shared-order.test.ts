import { expect, it } from 'vitest';
import { BALANCES, COMPONENTS } from '../../../../src/accounting/posting/flow.js';
import { SHARED } from '../../../../src/funding/plan/plan.js';
import { COMPONENT_OF, SHARED_BALANCES } from '../../../../src/funding/shares/loan-shares.js';

it('counts components and balances as the fold does, whose totals it reads by their index', () => {
  expect(SHARED).toEqual(COMPONENTS);
  expect(SHARED_BALANCES).toEqual(BALANCES.slice(0, SHARED_BALANCES.length));
  const words = SHARED_BALANCES.map((balance) => balance.replace(/_.*/, ''));
  expect(COMPONENT_OF.map((component) => COMPONENTS[component])).toEqual(words);
});
