import type { z } from 'zod';
import { parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { TaxRule } from '../../../accounting/posting/tax-rule.js';
import { listOf, mapping, rate, words } from '../../../documents/fields.js';
import type { Violation } from '../../../documents/violations.js';

/** The tax in income: `rate` in per cent, inside of the gross amount. */
export const taxSchema = listOf(
  mapping({
    income: words(),
    rate: rate(),
    output: words(),
    deferred: mapping({ account: words(), while_in: words() }).optional(),
  }),
).default([]);

type TaxDocument = z.output<typeof taxSchema>;

interface Account {
  readonly code: string;
  readonly class: string;
  readonly subledger?: string | undefined;
}

/** Accounts that are not there or of another class, and income that is taxed twice. */
export function taxViolations(tax: TaxDocument, accounts: readonly Account[]): Violation[] {
  const byCode = new Map(accounts.map((account) => [account.code, account]));
  const violations: Violation[] = [];
  const seen = new Set<string>();
  const ask = (path: string, code: string, wanted: string): void => {
    const account = byCode.get(code);
    if (account === undefined) violations.push({ path, rule: 'is not an account', value: code });
    else if (account.class !== wanted) {
      violations.push({ path, rule: `must be an account of class ${wanted}`, value: code });
    } else if (wanted === 'liability' && account.subledger !== undefined) {
      violations.push({ path, rule: 'must not have a sub-ledger', value: code });
    }
  };
  for (const [index, { income, output, deferred }] of tax.entries()) {
    const path = `tax[${index}]`;
    ask(`${path}.income`, income, 'income');
    ask(`${path}.output`, output, 'liability');
    if (deferred !== undefined) {
      ask(`${path}.deferred.account`, deferred.account, 'liability');
      ask(`${path}.deferred.while_in`, deferred.while_in, 'asset');
    }
    for (const code of [income, deferred?.while_in]) {
      if (code === undefined) continue;
      if (seen.has(code)) violations.push({ path, rule: 'is named twice', value: code });
      seen.add(code);
    }
  }
  return violations;
}

/** The rules with the ids of their accounts, which a checked document names. */
export function taxRulesOf(tax: TaxDocument, accountIds: ReadonlyMap<string, number>): TaxRule[] {
  const idOf = (code: string): number => {
    const id = accountIds.get(code);
    if (id === undefined) throw new TypeError(`unchecked account ${code}`);
    return id;
  };
  return tax.map(({ income, rate: percent, output, deferred }) => ({
    incomeAccountId: idOf(income),
    ratePpb: parseRatePpb(percent, true) ?? 0,
    outputAccountId: idOf(output),
    deferred:
      deferred === undefined
        ? null
        : { accountId: idOf(deferred.account), whileInAccountId: idOf(deferred.while_in) },
  }));
}
