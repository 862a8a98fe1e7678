import type { Fact, Facts, KnownFacts } from './facts.js';
import { HOUSE_RULES, type HouseRule } from './house-rules.js';

/** What a check came to: the rule that decided, and the values that it saw. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail' | 'unknown';
  readonly rule: string;
  readonly value: string;
  /** What to do; null where all is well. */
  readonly next: string | null;
}

const NEXT_OF_UNKNOWN = 'Find out why it is not known.';

/**
 * The findings of every check, in the order of the page. The worst rule of a check decides: a
 * broken one of fail, then of warn, then one that nobody can tell.
 */
export function examine(facts: Facts): Finding[] {
  const checks = [...new Set(HOUSE_RULES.map(({ check }) => check))];
  return checks.map((check) => findingOf(check, facts));
}

/** Whether something has to be done at once. */
export function isFailing(findings: readonly Finding[]): boolean {
  return findings.some(({ status }) => status === 'fail');
}

function findingOf(check: string, facts: Facts): Finding {
  const rules = HOUSE_RULES.filter((rule) => rule.check === check);
  const broken = rules.filter((rule) => isKnown(rule, facts) && !rule.holds(facts));
  const worst = broken.find(({ status }) => status === 'fail') ?? broken[0];
  if (worst !== undefined) {
    const { status, rule, next } = worst;
    return { check, status, rule, value: shown(worst.needs, facts), next };
  }
  const untold = rules.find((rule) => !isKnown(rule, facts));
  if (untold !== undefined) {
    const { rule } = untold;
    const value = shown(untold.needs, facts);
    return { check, status: 'unknown', rule, value, next: NEXT_OF_UNKNOWN };
  }
  const needs = [...new Set(rules.flatMap((rule) => rule.needs))];
  const rule = rules.map((each) => each.rule).join('; ');
  return { check, status: 'ok', rule, value: shown(needs, facts), next: null };
}

function isKnown({ needs }: HouseRule, facts: Facts): facts is KnownFacts {
  return needs.every((need) => facts[need] !== undefined);
}

/** `disk_free 15, night_bytes 2`. */
function shown(needs: readonly Fact[], facts: Facts): string {
  return needs
    .map((need) => {
      const value = facts[need];
      return `${need} ${value === undefined ? 'unknown' : (value ?? 'none')}`;
    })
    .join(', ');
}
