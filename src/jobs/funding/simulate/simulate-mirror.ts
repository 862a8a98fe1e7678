import { z } from 'zod';
import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { Fen, RatePpb } from '../../../accounting/money/units.js';
import { laySchedule } from '../../../accounting/schedule/schedule.js';
import type { Schedule } from '../../../accounting/schedule/schedule-rows.js';
import { integer, mapping, oneOf, rate } from '../../../documents/fields.js';
import { checkShape, refuseViolations } from '../../../documents/violations.js';
import { MIRRORED, mirrorOf } from '../../../funding/mirror/mirror.js';
import type { FundingPlan } from '../../../funding/plan/plan.js';
import { Shares } from '../../../funding/shares/share.js';
import { planFromValue } from '../../book/documents/funding-plan.js';
import { productFromValue } from '../../book/documents/product-document.js';
import { amount, checkedRate, code, shown } from '../documents/amount-fields.js';

const PERIODS_MAX = 600;
/** Every period is a month from here on: none is odd. */
const DISBURSED_ON = parseDay('2026-01-01')!;

const mirrorSchema = mapping({
  kind: oneOf('mirror'),
  plan: z.unknown(),
  party: code(),
  tolerance: integer(0).default(0),
  loan: mapping({
    principal: amount(1),
    rate: rate(),
    periods: integer(1, PERIODS_MAX),
    method: oneOf('level_payment', 'equal_principal'),
  }),
});
type Loan = z.output<typeof mirrorSchema>['loan'];

/**
 * A party's own schedule of its part against its share of the customer's. A party with a fixed
 * yield lays its schedule at that. Throws LoanbookError `invalid_document`.
 */
export function simulateMirror(input: unknown, name = 'mirror'): object {
  const document = checkShape(mirrorSchema, input, { name });
  const { party, tolerance, loan } = document;
  const loanRatePpb = checkedRate(loan.rate);
  const bounds = { partnerShareFloorPpb: null, loanRatePpb };
  const { plan } = planFromValue(document.plan, { name, path: 'plan' }, bounds);
  const at = partyAt(plan, party, name);
  const shares = new Shares(plan, loanRatePpb);
  const their = shares.of(at, 0, loan.principal);
  const customers = scheduleOf(loan, loan.principal, loanRatePpb);
  const theirs = scheduleOf(loan, their, plan.parties[at]!.ratePpb ?? loanRatePpb);
  const { rows, tail, breaks } = mirrorOf({ shares, party: at }, customers, theirs, tolerance);
  return {
    rows: rows.map((cells, index) => ({
      seq: index + 1,
      ...named(cells, ({ ours, theirs, difference }) => ({
        ...{ ours: shown(ours), theirs: shown(theirs), difference: shown(difference) },
      })),
    })),
    tail: named(tail, shown),
    breaks: breaks.map(({ difference, ...rest }) => ({ ...rest, difference: shown(difference) })),
  };
}

function partyAt({ parties }: FundingPlan, party: string, name: string): number {
  const at = parties.findIndex((each) => each.party === party);
  const rule = 'must be a party of the plan that is not own';
  if (at < 0 || parties[at]!.own)
    refuseViolations({ name }, [{ path: 'party', rule, value: party }]);
  return at;
}

/** Monthly, by CONVENTIONS; a party without a part of the principal has none. */
function scheduleOf({ periods, method }: Loan, principal: Fen, ratePpb: RatePpb): Schedule {
  if (principal === 0) return { dueOn: [], principal: [], interest: [], balanceAfter: [] };
  const product = { code: 'P', repayment: { method, periods } };
  const { terms } = productFromValue(product, { name: 'product' });
  const contract = { principal, ratePpb, periods, disbursedOn: DISBURSED_ON, firstDueOn: null };
  return laySchedule(terms, contract);
}

function named<T, Shown>(values: readonly T[], show: (value: T) => Shown): object {
  return Object.fromEntries(MIRRORED.map((word, at) => [word, show(values[at]!)]));
}
