import { z } from 'zod';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import {
  BALANCES,
  type Balance,
  MOVEMENTS,
  type MovementKind,
} from '../../../accounting/posting/flow.js';
import {
  type PostingRule,
  type RuleScope,
  SUBLEDGER_MEASURES,
} from '../../../accounting/posting/posting.js';
import { date, listOf, mapping, oneOf, words } from '../../../documents/fields.js';
import { readDocumentText } from '../../../documents/read-text.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
  type Violation,
} from '../../../documents/violations.js';
import { LoanbookError } from '../../../errors.js';
import { type LedgerRoles, rolesOf, rolesSchema, roleViolations } from './ledger-roles.js';
import { taxSchema, taxViolations } from './ledger-tax.js';

const accountSchema = mapping({
  code: words(),
  name: words(),
  name_zh: words(),
  class: oneOf('asset', 'liability', 'equity', 'income', 'expense', 'memorandum'),
  normal_side: oneOf('debit', 'credit'),
  subledger: oneOf(...SUBLEDGER_MEASURES).optional(),
});

const balance = oneOf(...BALANCES);
const balanceRule = `must be one of, or a list of: ${BALANCES.join(', ')}`;

const ruleSchema = mapping({
  on: oneOf(...MOVEMENTS),
  balance: z.union([balance, z.array(balance).min(1)], { error: balanceRule }),
  state: oneOf('accruing', 'non_accruing', 'any'),
  post: listOf(mapping({ debit: words(), credit: words() })),
  product: z.union([words(), listOf(words()).min(1)]).optional(),
  org: words().optional(),
  funding_plan: words().optional(),
  // No default: what a book keeps of a document is what the document says.
  share: oneOf('own', 'partner').optional(),
});

const ledgerSchema = mapping({
  effective_from: date(),
  accounts: listOf(accountSchema),
  roles: rolesSchema,
  rules: listOf(ruleSchema),
  tax: taxSchema,
});

/** A checked ledger document: plain JSON, dates as text. */
export type LedgerDocument = z.output<typeof ledgerSchema>;
export type LedgerAccount = LedgerDocument['accounts'][number];

/** What a movement of one balance posts in one state; accounts by code. */
export interface LedgerRule {
  readonly on: MovementKind;
  readonly balance: Balance;
  readonly accruing: boolean;
  readonly scope: RuleScope;
  /** Whose part of the movement it posts. */
  readonly share: 'own' | 'partner';
  readonly post: readonly { readonly debit: string; readonly credit: string }[];
  /** Where the document has it: the index of `rules`. */
  readonly index: number;
}

export interface CheckedLedger {
  readonly document: LedgerDocument;
  readonly effectiveFrom: EpochDay;
  readonly roles: LedgerRoles;
  /** One rule a movement, balance and state. */
  readonly rules: readonly LedgerRule[];
}

/**
 * A ledger document (chart of accounts and posting rules) from YAML or JSON text. Throws
 * LoanbookError `invalid_document` with path, rule and value: for an unknown key, movement, balance
 * or account, for a code or a sub-ledger named twice, and for two rules that cover the same
 * movement, balance and state.
 */
export function parseLedgerDocument(text: string, sourceName: string): CheckedLedger {
  return ledgerFromValue(readDocumentText(text, sourceName), { name: sourceName });
}

/** The same from a value that was read before; keys in `inForce` come from the ledger in force. */
export function ledgerFromValue(
  value: unknown,
  source: DocumentSource,
  inForce: readonly string[] = [],
): CheckedLedger {
  const document = checkShape(ledgerSchema, value, source);
  const { rules, violations } = expandRules(document);
  const found = [
    ...repeated(document.accounts, 'code'),
    ...repeated(document.accounts, 'subledger'),
    ...unknownAccounts(document),
    ...roleViolations(document.roles, document.accounts),
    ...violations,
    ...taxViolations(document.tax, document.accounts),
  ];
  const isInForce = (path: string): boolean => inForce.includes(path.split(/[.[]/)[0] ?? '');
  refuseViolations(
    source,
    found.map((each) => (isInForce(each.path) ? { ...each, path: `${each.path} in force` } : each)),
  );
  const effectiveFrom = parseDay(document.effective_from);
  if (effectiveFrom === undefined) throw new TypeError(`unchecked date ${document.effective_from}`);
  return { document, effectiveFrom, roles: rolesOf(document), rules };
}

/** The rules ready to look up; `accountIds` gives the account of every code. */
export function postingRulesOf(
  ledger: CheckedLedger,
  accountIds: ReadonlyMap<string, number>,
): PostingRule[] {
  const idOf = (account: string): number => {
    const id = accountIds.get(account);
    if (id !== undefined) return id;
    throw new LoanbookError('account_missing', 'The ledger names an account that is not there.', {
      evidence: { account, effectiveFrom: formatDay(ledger.effectiveFrom) },
      next: 'Apply the ledger document again.',
    });
  };
  return ledger.rules.map((rule) => ({
    kind: MOVEMENTS.indexOf(rule.on),
    balance: BALANCES.indexOf(rule.balance),
    accruing: rule.accruing,
    scope: rule.scope,
    isPartners: rule.share === 'partner',
    pairs: rule.post.map((pair) => ({
      debitAccountId: idOf(pair.debit),
      creditAccountId: idOf(pair.credit),
    })),
  }));
}

/** What a rule posts, in words. */
export function postText({ post }: Pick<LedgerRule, 'post'>): string {
  return post.map(({ debit, credit }) => `Dr ${debit} / Cr ${credit}`).join('; ') || 'nothing';
}

/** The product, org and funding plan that a rule is only for; empty: any loan. */
export function loansOf({ product, org, fundingPlan }: RuleScope): string {
  return [product, org, fundingPlan].filter((name) => name !== null).join(' ');
}

/** Account codes, and measures with two accounts: neither could equal the positions alone. */
function repeated(accounts: readonly LedgerAccount[], key: 'code' | 'subledger'): Violation[] {
  const seen = new Set<string>();
  return accounts.flatMap((account, index) => {
    const value = account[key];
    if (value === undefined) return [];
    const isRepeated = seen.has(value);
    seen.add(value);
    return isRepeated ? [{ path: `accounts[${index}].${key}`, rule: 'is named twice', value }] : [];
  });
}

function unknownAccounts(document: LedgerDocument): Violation[] {
  const codes = new Set(document.accounts.map((account) => account.code));
  const classes = new Map(document.accounts.map((account) => [account.code, account.class]));
  const violations: Violation[] = [];
  for (const [index, rule] of document.rules.entries()) {
    for (const [at, pair] of rule.post.entries()) {
      const path = `rules[${index}].post[${at}]`;
      for (const side of ['debit', 'credit'] as const) {
        if (codes.has(pair[side])) continue;
        violations.push({ path: `${path}.${side}`, rule: 'is not an account', value: pair[side] });
      }
      if (pair.debit === pair.credit) {
        violations.push({ path, rule: 'debits and credits one account', value: pair.debit });
      }
      const [one, other] = [classes.get(pair.debit), classes.get(pair.credit)];
      if (one === undefined || other === undefined) continue;
      if ((one === 'memorandum') === (other === 'memorandum')) continue;
      const value = `${pair.debit} and ${pair.credit}`;
      violations.push({ path, rule: 'leaves the balance sheet unbalanced', value });
    }
  }
  return violations;
}

function expandRules(document: LedgerDocument): {
  rules: LedgerRule[];
  violations: Violation[];
} {
  const coveredBy = new Map<string, number>();
  const rules: LedgerRule[] = [];
  const violations: Violation[] = [];
  for (const [index, rule] of document.rules.entries()) {
    for (const part of partsOf(rule, index)) {
      const loans = loansOf(part.scope);
      const state = part.accruing ? 'accruing' : 'non_accruing';
      const share = part.share === 'own' ? '' : ', share partner';
      const only = loans === '' ? '' : `, ${loans}`;
      const key = `${part.on} of ${part.balance}, ${state}${share}${only}`;
      const earlier = coveredBy.get(JSON.stringify([key, part.scope]));
      coveredBy.set(JSON.stringify([key, part.scope]), index);
      rules.push(part);
      if (earlier === undefined) continue;
      const broken = `is covered by rules[${earlier}] already`;
      violations.push({ path: `rules[${index}]`, rule: broken, value: key });
    }
  }
  return { rules, violations };
}

/** A rule of the document for each product, balance and state that it names. */
function partsOf(rule: LedgerDocument['rules'][number], index: number): LedgerRule[] {
  const states = rule.state === 'any' ? [true, false] : [rule.state === 'accruing'];
  const products: (string | null)[] = rule.product === undefined ? [null] : [rule.product].flat();
  const { org = null, funding_plan: fundingPlan = null, share = 'own', on, post } = rule;
  return products.flatMap((product) =>
    [rule.balance].flat().flatMap((balanceName) =>
      states.map((accruing) => ({
        on,
        balance: balanceName,
        accruing,
        scope: { product, org, fundingPlan },
        share,
        post,
        index,
      })),
    ),
  );
}
