import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Balance, MovementKind } from '../../../../src/accounting/posting/flow.js';
import { parseLedgerDocument, postingRulesOf } from '../../../../src/jobs/book/documents/ledger.js';
import { packageRoot } from '../../../../src/package-root.js';

const ACCOUNTS = `effective_from: 2026-01-01
accounts:
  - {code: 1.10, name: A, name_zh: 甲, class: asset, normal_side: debit, subledger: fee}
  - {code: 2, name: B, name_zh: 乙, class: income, normal_side: credit}
`;
const RULE = '{on: fee, balance: fee, state: any, post: [{debit: 1.10, credit: 2}]}';

const PRINCIPAL = ['principal_normal', 'principal_overdue'] as const;
const RECEIVABLE = ['interest_accrued', 'interest_due', 'penalty', 'compound'] as const;
const OWED = [...PRINCIPAL, ...RECEIVABLE, 'fee'] as const;
const EITHER = ['accruing', 'non_accruing'] as const;

/** What can move, and how the loan stands then: what the fold asks a rule for. */
const OCCURS: Readonly<
  Record<MovementKind, readonly [readonly Balance[], readonly (typeof EITHER)[number][]]>
> = {
  disbursement: [['principal_normal'], ['accruing']],
  opening: [[...OWED, 'suspense'], EITHER],
  accrual: [['interest_accrued', 'penalty', 'compound'], EITHER],
  due: [['interest_due'], EITHER],
  repayment: [[...OWED, 'suspense'], EITHER],
  suspense_use: [[...PRINCIPAL, 'interest_due', 'penalty', 'compound', 'fee'], EITHER],
  overdue: [['principal_overdue'], EITHER],
  non_accrual: [RECEIVABLE, ['non_accruing']],
  accrual_back: [RECEIVABLE, ['accruing']],
  fee: [['fee', 'penalty'], EITHER],
  waiver: [OWED, EITHER],
  merchant_refund: [[...PRINCIPAL, 'suspense'], EITHER],
  suspense_refund: [['suspense'], EITHER],
  write_off: [OWED, EITHER],
  recovery: [[...PRINCIPAL, 'interest_due', 'penalty', 'compound', 'fee'], ['non_accruing']],
  transfer: [[...OWED, 'price'], EITHER],
  service_fee: [['service_income', 'service_tax'], EITHER],
};

function shippedLedger() {
  const file = join(packageRoot, 'config/ledger.yaml');
  return parseLedgerDocument(readFileSync(file, 'utf8'), file);
}

describe('a ledger document', () => {
  it('keeps account codes as they are written', () => {
    const { document, rules } = parseLedgerDocument(`${ACCOUNTS}rules: [${RULE}]`, 'l');
    expect(document.accounts.map((account) => account.code)).toEqual(['1.10', '2']);
    expect(rules.map((rule) => rule.accruing)).toEqual([true, false]);
  });

  it.each([
    [
      'an unknown account',
      '[{on: fee, balance: fee, state: any, post: [{debit: 1.1, credit: 2}]}]',
      'rules[0].post[0].debit: is not an account; got 1.1',
    ],
    [
      'a rule twice',
      `[${RULE}, ${RULE.replace('any', 'accruing')}]`,
      'rules[1]: is covered by rules[0] already; got fee of fee, accruing',
    ],
    [
      'an unknown movement',
      `[${RULE.replace('on: fee', 'on: fees')}]`,
      'rules[0].on: must be one of disbursement',
    ],
    [
      'an unknown balance',
      `[${RULE.replace('balance: fee', 'balance: cash')}]`,
      'rules[0].balance: must be one of, or a list of',
    ],
    [
      'an entry onto itself',
      '[{on: fee, balance: fee, state: any, post: [{debit: 2, credit: 2}]}]',
      'rules[0].post[0]: debits and credits one account; got 2',
    ],
    ['an unknown key', `[${RULE.replace('state', 'states')}]`, 'rules[0].states: unknown key'],
  ])('is refused for %s', (_name, rules, message) => {
    const parse = () => parseLedgerDocument(`${ACCOUNTS}rules: ${rules}`, 'l.yaml');
    expect(parse).toThrow(message);
  });

  it.each([
    ['code', 'code: 2', 'code: 1.10', 'accounts[1].code: is named twice; got 1.10'],
    [
      'sub-ledger',
      'side: credit',
      'side: credit, subledger: fee',
      'accounts[1].subledger: is named twice; got fee',
    ],
  ])('is refused for a repeated %s', (_name, from, to, message) => {
    const text = ACCOUNTS.replace(from, to).replace('name: B', 'name: B');
    expect(() => parseLedgerDocument(`${text}rules: []`, 'l.yaml')).toThrow(message);
  });

  it('comes with the package: every entry balances, memorandum accounts among themselves', () => {
    const ledger = shippedLedger();
    const classes = new Map(ledger.document.accounts.map(({ code, class: of }) => [code, of]));
    const isMemo = (code: string) => classes.get(code) === 'memorandum';
    const mixed = ledger.rules.flatMap((rule) =>
      rule.post.filter((pair) => isMemo(pair.debit) !== isMemo(pair.credit)),
    );
    expect(mixed).toEqual([]);
    const ids = new Map([...classes.keys()].map((code, at) => [code, at + 1]));
    expect(() => postingRulesOf(ledger, ids)).not.toThrow();
    expect(() => postingRulesOf(ledger, new Map())).toThrow(/not there/);
  });

  it.each(Object.entries(OCCURS))('of the package covers %s in every state', (on, occurs) => {
    const [balances, states] = occurs;
    const asked = balances.flatMap((balance) => states.map((state) => `${balance}, ${state}`));
    const rules = shippedLedger().rules.filter((rule) => rule.on === on);
    const covered = rules.map(
      (rule) => `${rule.balance}, ${rule.accruing ? 'accruing' : 'non_accruing'}`,
    );
    expect(asked.filter((each) => !covered.includes(each))).toEqual([]);
  });

  it.each([
    ['waiver', 'principal_overdue', true, ['6702.02 1303.02']],
    ['waiver', 'interest_due', true, ['6011.01 1132.02']],
    ['waiver', 'penalty', false, ['7101.99 7101.01']],
    ['fee', 'penalty', false, ['7101.01 7101.99']],
    ['merchant_refund', 'principal_normal', true, ['1221.01 1303.01']],
    ['merchant_refund', 'suspense', false, ['1221.01 2241.01']],
    ['suspense_refund', 'suspense', true, ['2241.01 1012.02']],
    ['write_off', 'principal_overdue', false, ['1304.01 1303.02', '7102.01 7102.99']],
    ['write_off', 'compound', true, ['1304.01 1132.04', '7102.01 7102.99']],
    ['write_off', 'interest_due', false, ['7102.01 7102.99', '7101.99 7101.01']],
    ['recovery', 'penalty', false, ['1012.02 1304.01', '7102.99 7102.01']],
    ['transfer', 'price', false, ['1221.02 6111.01']],
    ['transfer', 'principal_overdue', false, ['6111.01 1303.02']],
    ['transfer', 'interest_due', true, ['6111.01 1132.02']],
    ['transfer', 'interest_due', false, ['7101.99 7101.01']],
  ])('of the package posts %s of %s (accruing: %s)', (on, balance, accruing, entry) => {
    const rule = shippedLedger().rules.find(
      (each) => each.on === on && each.balance === balance && each.accruing === accruing,
    );
    expect(rule?.post.map(({ debit, credit }) => `${debit} ${credit}`)).toEqual(entry);
  });
});
