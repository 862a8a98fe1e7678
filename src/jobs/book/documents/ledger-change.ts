import { type CheckedLedger, loansOf, postText } from './ledger.js';
import { LEDGER_ROLES } from './ledger-roles.js';

/** How one ledger differs from another: codes of accounts, and what their rules are for. */
export interface LedgerChange {
  readonly accountsAdded: readonly string[];
  readonly accountsRemoved: readonly string[];
  readonly accountsRenamed: readonly string[];
  readonly rulesAdded: readonly string[];
  readonly rulesRemoved: readonly string[];
  /** The same movement, balance, state and loans with other accounts. */
  readonly rulesChanged: readonly string[];
  /** As `allowance: 1304.01 -> 1305.01`; a role that no account has is `none`. */
  readonly rolesChanged: readonly string[];
  readonly taxChanged: boolean;
}

/** What `after` has, lacks and does otherwise than `before`; where a rule stands does not count. */
export function ledgerChange(before: CheckedLedger, after: CheckedLedger): LedgerChange {
  const accounts = difference(namesByCode(before), namesByCode(after));
  const rules = difference(postsByCase(before), postsByCase(after));
  const taxes = [before, after].map(({ document }) => JSON.stringify(document.tax));
  return {
    accountsAdded: accounts.added,
    accountsRemoved: accounts.removed,
    accountsRenamed: accounts.changed,
    rulesAdded: rules.added,
    rulesRemoved: rules.removed,
    rulesChanged: rules.changed,
    rolesChanged: rolesChanged(before, after),
    taxChanged: taxes[0] !== taxes[1],
  };
}

function rolesChanged(before: CheckedLedger, after: CheckedLedger): string[] {
  return LEDGER_ROLES.filter((role) => before.roles[role] !== after.roles[role]).map(
    (role) => `${role}: ${before.roles[role] ?? 'none'} -> ${after.roles[role] ?? 'none'}`,
  );
}

function namesByCode({ document }: CheckedLedger): Map<string, string> {
  return new Map(
    document.accounts.map(({ code, name, name_zh }) => [code, JSON.stringify([name, name_zh])]),
  );
}

/** One entry a movement, balance, state and loans: a document covers each of them once. */
function postsByCase({ rules }: CheckedLedger): Map<string, string> {
  return new Map(
    rules.map((rule) => {
      const state = rule.accruing ? 'accruing' : 'non_accruing';
      const loans = loansOf(rule.scope);
      const share = rule.share === 'own' ? state : `${state}, share partner`;
      const only = loans === '' ? share : `${share}, only ${loans}`;
      return [`${rule.on} of ${rule.balance} (${only})`, postText(rule)];
    }),
  );
}

function difference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): { added: string[]; removed: string[]; changed: string[] } {
  const keys = [...after.keys()];
  return {
    added: keys.filter((key) => !before.has(key)),
    removed: [...before.keys()].filter((key) => !after.has(key)),
    changed: keys.filter((key) => before.has(key) && before.get(key) !== after.get(key)),
  };
}
