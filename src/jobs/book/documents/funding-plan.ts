import { z } from 'zod';
import { parseRatePpb } from '../../../accounting/money/amount-text.js';
import {
  checkedDay,
  code,
  date,
  flag,
  integer,
  listOf,
  mapping,
  oneOf,
  rate,
  someOf,
} from '../../../documents/fields.js';
import { jsonSchemaOf } from '../../../documents/json-schema.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
} from '../../../documents/violations.js';
import { faultsOfPlan, type PlanBounds, UNBOUNDED } from '../../../funding/plan/check-plan.js';
import { type FundingPlan, SHARED } from '../../../funding/plan/plan.js';
import { faultsOfRoute, routeSchema } from './funding-route.js';

/** Parts are whole numbers, so that a third stays a third. */
const PART_MAX = 1_000_000;

const parts = () =>
  z.record(z.string(), integer(0, PART_MAX), { error: 'must be a mapping' }).optional();

export const planSchema = mapping({
  code: code(),
  version: integer(1),
  effective_from: date().default('1970-01-01'),
  parties: listOf(
    mapping({
      party: code(),
      part: integer(0, PART_MAX),
      own: flag().default(false),
      rate: rate().nullable().default(null),
    }),
  ).min(1, { error: 'must name one at least' }),
  components: mapping({
    principal: parts(),
    interest: parts(),
    penalty: parts(),
    compound: parts(),
    fee: parts(),
  }).default({}),
  tail: code().optional(),
  service_fee: listOf(
    mapping({
      from: code(),
      of: someOf(oneOf(...SHARED)),
      rate: rate(),
      vat: rate().default('0'),
    }),
  ).default([]),
  guarantee: code().nullable().default(null),
  route: routeSchema().optional(),
});

/** A checked plan document: plain JSON, every default filled in, rates as their text. */
export type PlanDocument = z.output<typeof planSchema>;

export interface CheckedPlan {
  readonly document: PlanDocument;
  readonly plan: FundingPlan;
}

/** The JSON Schema of a funding plan. */
export function fundingPlanJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook funding plan', planSchema);
}

/** A funding plan from a document's value. Throws LoanbookError `invalid_document`, with paths. */
export function planFromValue(
  value: unknown,
  source: DocumentSource,
  bounds: PlanBounds = UNBOUNDED,
): CheckedPlan {
  const document = checkShape(planSchema, value, source);
  const plan = planOf(document);
  const { route } = document;
  refuseViolations(source, [
    ...faultsOfPlan(plan, bounds),
    ...(route === undefined ? [] : faultsOfRoute(route, 'route.')),
  ]);
  return { document, plan };
}

function planOf(document: PlanDocument): FundingPlan {
  const { code, version, effective_from, parties, components, service_fee, guarantee } = document;
  const ppb = (text: string) => parseRatePpb(text) ?? 0;
  const named = Object.entries(components).filter(([, each]) => each !== undefined);
  return {
    code,
    version,
    effectiveFrom: checkedDay(effective_from),
    parties: parties.map(({ rate, ...rest }) => ({
      ...rest,
      ratePpb: rate === null ? null : ppb(rate),
    })),
    components: Object.fromEntries(named),
    tail: document.tail ?? parties.at(-1)!.party,
    serviceFees: service_fee.map(({ from, of, rate, vat }) => ({
      ...{ from, of, ratePpb: ppb(rate), vatPpb: ppb(vat) },
    })),
    guarantee,
  };
}
