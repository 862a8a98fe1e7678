import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { LedgerDocument } from '../book/documents/ledger.js';
import { LEDGER_ROLES, type LedgerRole } from '../book/documents/ledger-roles.js';
import { type ChartAccount, ledgerOn, listAccounts } from './chart.js';
import { type RuleView, ruleView } from './explain.js';
import { findAccount } from './find-account.js';

/** One pair of accounts that a rule posts, with the account on one of its sides. */
export interface AccountRule extends RuleView {
  readonly side: 'debit' | 'credit';
  /** The account on the other side. */
  readonly against: string;
}

export interface AccountTax {
  /** What the account is to the tax of an income account. */
  readonly role: 'income' | 'output' | 'deferred' | 'while_in';
  readonly income: string;
  /** Per cent. */
  readonly rate: string;
}

export interface ExplainedAccount extends ChartAccount {
  readonly balanceAsOf: string | null;
  /** First day of the ledger document that the rest is read from. */
  readonly effectiveFrom: string;
  /** The document names the account: an account without a balance may have left the chart. */
  readonly inChart: boolean;
  /** An account without a sub-ledger also takes entries that no loan makes, as manual vouchers. */
  readonly takesEntries: boolean;
  /** What the program itself posts to it for. */
  readonly roles: readonly LedgerRole[];
  readonly rules: readonly AccountRule[];
  readonly tax: readonly AccountTax[];
}

/**
 * What moves an account: the sum over the loans that it must equal, the rules in force on a day (by
 * default the open one) that debit or credit it, and the tax. Throws LoanbookError
 * `unknown_account` (2).
 */
export async function explainAccount(
  client: pg.Client,
  code: string,
  date?: EpochDay,
): Promise<ExplainedAccount> {
  const { code: account, subledger } = await findAccount(client, code);
  const { asOf, accounts } = await listAccounts(client);
  const { document, effectiveFrom, roles, rules } = await ledgerOn(client, date);
  const from = formatDay(effectiveFrom);
  return {
    ...accounts.find((each) => each.account === account)!,
    balanceAsOf: asOf,
    effectiveFrom: from,
    inChart: document.accounts.some((each) => each.code === account),
    takesEntries: subledger === null,
    roles: LEDGER_ROLES.filter((role) => roles[role] === account),
    rules: rules.flatMap((rule) =>
      rule.post.flatMap(({ debit, credit }): AccountRule[] => {
        if (debit === account) return [{ ...ruleView(rule, from), side: 'debit', against: credit }];
        if (credit !== account) return [];
        return [{ ...ruleView(rule, from), side: 'credit', against: debit }];
      }),
    ),
    tax: taxOf(document, account),
  };
}

function taxOf({ tax }: LedgerDocument, account: string): AccountTax[] {
  return tax.flatMap(({ income, rate, output, deferred }) => {
    const roles = { income, output, deferred: deferred?.account, while_in: deferred?.while_in };
    return (Object.keys(roles) as AccountTax['role'][])
      .filter((role) => roles[role] === account)
      .map((role) => ({ role, income, rate }));
  });
}
