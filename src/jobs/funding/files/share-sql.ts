import type { FundingPlan } from '../../../funding/plan/plan.js';
import { type ShareRule, Shares } from '../../../funding/shares/share.js';

/** Parts up to which a product with any total of a loan stays within eight bytes. */
const SMALL_PART = 10_000;

/**
 * A party's share of a lifetime total as an expression, the same as `Shares` gives, by the plan of
 * a loan; `total` is an expression of bigint. A fixed yield reads the column `rate_ppb`.
 */
export function shareSql(
  plans: ReadonlyMap<number, FundingPlan>,
  party: string,
  component: number,
  total: string,
): string {
  const cases = [...plans].map(([planId, plan]) => {
    const rules = new Shares(plan, 1).rulesOf(component);
    const at = plan.parties.findIndex((each) => each.party === party);
    return `WHEN ${planId} THEN ${at < 0 ? '0' : partySql(rules, at, total)}`;
  });
  return cases.length === 0 ? '0::bigint' : `(CASE plan_id ${cases.join(' ')} END)`;
}

/** What a party has left of a component: its share of what came in less that of what went out. */
export function balanceSql(
  plans: ReadonlyMap<number, FundingPlan>,
  party: string,
  component: number,
  name: string,
): string {
  const of = (total: string) => shareSql(plans, party, component, total);
  return `(${of(`${name}_in`)} - ${of(`${name}_out`)})`;
}

function partySql(rules: readonly ShareRule[], at: number, total: string): string {
  const rule = rules[at]!;
  if (rule.kind !== 'rest') return ruleSql(rule, total);
  const others = rules.filter(({ kind }) => kind !== 'rest' && kind !== 'none');
  return `(${[total, ...others.map((other) => ruleSql(other, total))].join(' - ')})`;
}

/** Half away from zero: a division of whole numbers cuts towards it. */
function ruleSql(rule: ShareRule, total: string): string {
  switch (rule.kind) {
    case 'none':
    case 'rest':
      return '0::bigint';
    case 'part': {
      const { part, sum } = rule;
      const half = `CASE WHEN ${total} < 0 THEN -${sum} ELSE ${sum} END`;
      if (Math.max(part, sum) <= SMALL_PART) {
        return `((${total} * ${2 * part} + ${half}) / ${2 * sum})`;
      }
      return `div(${total}::numeric * ${2 * part} + ${half}, ${2 * sum})::bigint`;
    }
    case 'yield': {
      const { part, sum, ratePpb } = rule;
      const of = `(${sum}::numeric * rate_ppb)`;
      const half = `CASE WHEN ${total} < 0 THEN -${of} ELSE ${of} END`;
      const product = `${total}::numeric * ${2 * part} * ${ratePpb}`;
      const share = `div(${product} + ${half}, 2 * ${of})::bigint`;
      return `(CASE WHEN rate_ppb = 0 THEN 0 ELSE ${share} END)`;
    }
  }
}
