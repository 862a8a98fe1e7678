import { EXIT, LoanbookError } from '../../../errors.js';
import { BALANCE_RULES } from './balance-rules.js';
import { EVENT_RULES } from './event-rules.js';
import { LOAN_RULES } from './loan-rules.js';
import { PARTY_RULES } from './party-rules.js';
import { ROW_RULES } from './row-rules.js';
import type { RulePages } from './rule-page.js';
import { SCHEDULE_RULES } from './schedule-rules.js';

/** A rule by which an import rejects rows. */
export interface ImportRule {
  readonly rule: string;
  /** Which rows it is about: any, loans, schedules, events, balances, parties. */
  readonly of: string;
  readonly means: string;
  readonly toDo: string;
}

const PAGES: Readonly<Record<string, RulePages>> = {
  any: ROW_RULES,
  loans: LOAN_RULES,
  schedules: SCHEDULE_RULES,
  events: EVENT_RULES,
  balances: BALANCE_RULES,
  parties: PARTY_RULES,
};

/** Every rule that an import can reject a row by. */
export function importRules(): ImportRule[] {
  return Object.entries(PAGES).flatMap(([of, pages]) =>
    Object.entries(pages).map(([rule, [means, toDo]]) => ({ rule, of, means, toDo })),
  );
}

/** What a rule means, and what to do. Throws LoanbookError `unknown_rule` (2), naming others. */
export function explainRule(code: string): ImportRule {
  const rules = importRules();
  const found = rules.find(({ rule }) => rule === code);
  if (found !== undefined) return found;
  const words = code.split('_').filter((word) => word.length > 2);
  const near = rules.filter(({ rule }) => words.some((word) => rule.includes(word)));
  throw new LoanbookError('unknown_rule', 'No import rejects a row by this rule.', {
    exitCode: EXIT.usage,
    evidence: { rule: code, near: near.map(({ rule }) => rule).join(', ') || undefined },
    next: '`loanbook import explain` lists the rules.',
  });
}
