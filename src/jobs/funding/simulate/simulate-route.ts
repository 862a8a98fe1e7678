import { z } from 'zod';
import {
  checkedDay,
  code,
  date,
  integer,
  listOf,
  mapping,
  oneOf,
  rate,
} from '../../../documents/fields.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import { wallSecond } from '../../../funding/route/route-limits.js';
import { ROUTE_WAYS, type RoutePlan, Router } from '../../../funding/route/router.js';
import {
  faultsOfRoute,
  routeFields,
  routeLimits,
  timeOfDay,
} from '../../book/documents/funding-route.js';
import { amount, checkedRate, MINOR_DIGITS, shown } from '../documents/amount-fields.js';

const PART_MAX = 1_000_000;

const planSchema = mapping({
  plan: code(),
  party: code(),
  parts: listOf(integer(0, PART_MAX)).min(2, { error: 'must be our part and theirs' }),
  used: amount().default(0),
  ...routeFields(MINOR_DIGITS),
});

const routeCaseSchema = mapping({
  kind: oneOf('route'),
  day: date(),
  by: oneOf(...ROUTE_WAYS).default('priority'),
  plans: listOf(planSchema),
  fallback: code().nullable().default(null),
  exposures: z
    .record(z.string(), z.record(z.string(), amount(), { error: 'must be a mapping' }), {
      error: 'must be a mapping of customers',
    })
    .default({}),
  applications: listOf(
    mapping({
      id: code(),
      at: timeOfDay(),
      customer: code(),
      amount: amount(1),
      term: integer(1),
      rate: rate(),
      refused_by: listOf(code()).default([]),
      outcome: oneOf('success', 'failed', 'unknown').optional(),
    }),
  ),
});
type RouteCase = z.output<typeof routeCaseSchema>;

/** Where the applications of a day go. Throws LoanbookError `invalid_document`. */
export function simulateRoute(input: unknown, name = 'route'): object {
  const document = checkShape(routeCaseSchema, input, { name });
  refuseViolations({ name }, faultsOfPlans(document));
  const { by, fallback, exposures } = document;
  const plans = document.plans.map(routePlan);
  const router = new Router(by, plans, (customer, party) => exposures[customer]?.[party] ?? 0);
  const day = checkedDay(document.day);
  const codeOf = (place: number) => router.plans[place]!.plan;
  const results = document.applications.map(({ id, at, outcome, refused_by, ...application }) => {
    const routed = router.route({
      ...application,
      at: wallSecond(day, at),
      ratePpb: checkedRate(application.rate),
      refusedBy: refused_by,
    });
    if (outcome === 'failed') router.free(routed, application.customer);
    const skipped = routed.skipped.flatMap((reason, place) =>
      reason === null ? [] : [[codeOf(place), reason]],
    );
    return {
      id,
      plan: routed.plan === null ? fallback : codeOf(routed.plan),
      funded: shown(routed.funded),
      skipped: Object.fromEntries(skipped),
    };
  });
  return { results, plans: Object.fromEntries(plans.map(({ plan }) => [plan, useOf(plan)])) };

  function useOf(plan: string): object {
    const use = router.use(router.plans.findIndex((each) => each.plan === plan));
    const { total, daily, deposit } = use;
    return {
      total: shown(total),
      daily: shown(daily),
      ...(deposit === null ? {} : { deposit: shown(deposit) }),
    };
  }
}

function routePlan({ plan, party, parts, used, ...limits }: RouteCase['plans'][number]): RoutePlan {
  return {
    plan,
    party,
    ownPart: parts[0]!,
    parts: parts.reduce((sum, part) => sum + part, 0),
    limits: routeLimits(limits, MINOR_DIGITS),
    usedFen: used,
    usedTodayFen: 0,
    isStopped: false,
  };
}

function faultsOfPlans({ plans }: RouteCase): Violation[] {
  const codes = plans.map(({ plan }) => plan);
  return plans.flatMap(({ plan, parts, party: _, used: __, ...limits }, at) => {
    const path = `plans[${at}].`;
    const isTwice = codes.indexOf(plan) < at;
    return [
      ...(isTwice ? [{ path: `${path}plan`, rule: 'is a plan already', value: plan }] : []),
      ...(parts.every((part) => part === 0)
        ? [{ path: `${path}parts`, rule: 'must have a part above 0' }]
        : []),
      ...faultsOfRoute(limits, path),
    ];
  });
}
