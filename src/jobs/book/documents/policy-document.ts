import type { z } from 'zod';
import { parseAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import { LIMIT_DIGITS, type PolicyBounds } from '../../../accounting/product/policy-bounds.js';
import type { BookPolicy } from '../../../accounting/product/product.js';
import {
  amountLimit,
  date,
  integer,
  listOf,
  mapping,
  oneOf,
  rate,
} from '../../../documents/fields.js';
import { readDocumentText } from '../../../documents/read-text.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
} from '../../../documents/violations.js';

const CLASS_BOUNDS = 4;
const RETENTION_YEARS_MAX = 100;
const RETENTION_DAYS_MAX = 36_500;

/** Whether an act waits for a second person. */
const second = () => oneOf('none', 'two_persons').default('none');

const policySchema = mapping({
  effective_from: date().default('2026-01-01'),
  classification: mapping({
    days_past_due: listOf(integer(0)).default([0, 90, 270, 360]),
  }).prefault({}),
  non_accrual_after: integer(0).default(90),
  cost_cap: mapping({ annual: rate() }).nullable().default({ annual: '0.24' }),
  vat: mapping({
    rate: rate().default('0.06'),
    accrual_days: integer(0).default(90),
  }).prefault({}),
  limits: mapping({
    // Left out, it is what the currency of the book has.
    principal: amountLimit().nullable().optional(),
    fee_share: rate().nullable().default(null),
  }).prefault({}),
  days_ahead: integer(0).default(7),
  late_days: integer(0).nullable().default(null),
  funding: mapping({
    // Of one joint loan, what the others fund at least.
    partner_share_floor: rate().default('0.30'),
    // Of tier-1 capital: own shares of joint loans with one group of partners, and with all.
    partner_concentration: rate().default('0.25'),
    joint_total: rate().default('0.50'),
    guaranteed_share: rate().default('0.50'),
    // Of one customer over all plans; left out: any.
    customer_max: amountLimit().nullable().default(null),
    // What partner_concentration is measured against: data of the lender.
    tier1_capital: amountLimit().nullable().default(null),
  }).prefault({}),
  retention: mapping({
    // Of a customer, behind the end of the last loan.
    customer_years: integer(0).default(5),
    // Of files of rejected rows, behind the day they were written.
    reject_days: integer(0, RETENTION_DAYS_MAX).default(90),
    // Of logs of nights, behind the end of their job.
    log_days: integer(0, RETENTION_DAYS_MAX).default(400),
    // Of files of others, behind the day they went in or were refused.
    file_years: integer(0, RETENTION_YEARS_MAX).default(5),
  }).prefault({}),
  approvals: mapping({
    // A voucher, an erasure, a skipped job, a file out of quarantine and an order released too.
    voucher: oneOf('two_persons').default('two_persons'),
    statement_replace: second(),
    break_resolve: second(),
    ledger: second(),
    product: second(),
    policy: second(),
    period_reopen: second(),
    party_erase: oneOf('two_persons').default('two_persons'),
    file_release: oneOf('two_persons').default('two_persons'),
    night_skip: oneOf('two_persons').default('two_persons'),
    payment_release: oneOf('two_persons').default('two_persons'),
    funding_assign: oneOf('two_persons').default('two_persons'),
  }).prefault({}),
});

/** A checked book policy, every default filled in: plain JSON, rates as their text. */
export type PolicyDocument = z.output<typeof policySchema>;

export interface CheckedPolicy {
  readonly document: PolicyDocument;
  readonly policy: BookPolicy;
  readonly bounds: PolicyBounds;
}

/** A policy document from YAML or JSON text; throws LoanbookError `invalid_document`. */
export function parsePolicyDocument(text: string, sourceName: string): CheckedPolicy {
  return policyFromValue(readDocumentText(text, sourceName), { name: sourceName });
}

/** The same from a value that was read before. */
export function policyFromValue(value: unknown, source: DocumentSource): CheckedPolicy {
  const document = checkShape(policySchema, value, source);
  const days = document.classification.days_past_due;
  const rising = days.every((bound, k) => k === 0 || bound > (days[k - 1] ?? bound));
  if (days.length !== CLASS_BOUNDS || !rising) {
    const rule = 'must be four rising numbers: the last day of each class before loss';
    refuseViolations(source, [{ path: 'classification.days_past_due', rule, value: days }]);
  }
  const [normal = 0, special = 0, substandard = 0, doubtful = 0] = days;
  const policy: BookPolicy = {
    classDays: [normal, special, substandard, doubtful],
    nonAccrualAfter: document.non_accrual_after,
    costCapPpb: document.cost_cap === null ? null : (parseRatePpb(document.cost_cap.annual) ?? 0),
    vatPpb: parseRatePpb(document.vat.rate) ?? 0,
    vatAccrualDays: document.vat.accrual_days,
  };
  return { document, policy, bounds: boundsOf(document) };
}

function boundsOf({ limits, funding, days_ahead, late_days }: PolicyDocument): PolicyBounds {
  const { principal, fee_share } = limits;
  return {
    principalLimit:
      typeof principal === 'string' ? BigInt(parseAmount(principal, LIMIT_DIGITS) ?? 0) : principal,
    feeSharePpb: fee_share === null ? null : (parseRatePpb(fee_share) ?? 0),
    daysAhead: days_ahead,
    lateDays: late_days,
    partnerShareFloorPpb: parseRatePpb(funding.partner_share_floor) ?? 0,
  };
}
