import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseLedgerDocument, postingRulesOf } from '../../src/documents/ledger.js';
import { packageRoot } from '../../src/package-root.js';

const ACCOUNTS = `effective_from: 2026-01-01
accounts:
  - {code: 1.10, name: A, name_zh: 甲, class: asset, normal_side: debit, subledger: fee}
  - {code: 2, name: B, name_zh: 乙, class: income, normal_side: credit}
`;
const RULE = '{on: fee, balance: fee, state: any, post: [{debit: 1.10, credit: 2}]}';

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
    const file = join(packageRoot, 'config/ledger.yaml');
    const ledger = parseLedgerDocument(readFileSync(file, 'utf8'), file);
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
});
