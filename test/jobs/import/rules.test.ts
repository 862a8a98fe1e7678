import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainRule, importRules } from '../../../src/jobs/import/rules/explain-rule.js';
import { packageRoot } from '../../../src/package-root.js';

const FOLDER = join(packageRoot, 'src/jobs/import');
const PARTIES = ['party-record.ts', 'stage-parties.ts'].map((name) =>
  join(packageRoot, 'src/jobs/parties', name),
);
/** Fields of a customer of which a value that is none becomes a rule of its own. */
const PARTY_FIELDS = ['phone', 'account', 'email', 'address', 'device'];
/** Where a rule is named in the sources: as `rule:`, or behind its field, or given back by a reader. */
const NAMED = [
  /\brule(?: =|:) '([a-z_]+)'/g,
  /\b(?:problem|wrong)\([^,()]+, (?:'?\w+'?, )?'([a-z]+_[a-z_0-9]+)'/g,
  /^ {6}\['[a-z_]+', '([a-z_]+)'\],$/gm,
  /(?:return|\?|:) '([a-z]+_[a-z_]+)'/g,
];
/** What is named so and rejects no row: evidence of a file that is refused as a whole, documents. */
const OTHERS = new Set([
  ...[
    'nothing_behind_the_trailer',
    'trailer_missing',
    'control_file_overdue',
    'control_file_missing',
  ],
  ...['analyze_events', 'analyze_loans', 'control_file', 'balance_after', 'first_due_on'],
  ...['paid_periods', 'business_date', 'disbursed_on', 'due_on', 'early_payment', 'loan_no'],
  ...['product_version', 'value_date', 'id_number', 'id_type', 'analyze_balances', 'funding_plan'],
  // Columns of balances and of open instalments, and their table.
  ...['compound_due', 'cut_over_on', 'days_past_due', 'fee_due', 'free_until', 'interest_accrued'],
  ...['interest_due', 'penalty_due', 'periods_paid', 'principal_not_due', 'written_off'],
  'open_installment',
]);
/** Codes of contracts that the engine refuses: they become rules as they are. */
const REFUSED = [
  ...['calendar_year_not_loaded', 'cost_not_defined', 'first_due_not_after_disbursement'],
  ...['period_rate_out_of_range', 'periods_not_positive', 'principal_free_too_long'],
  ...['principal_not_positive', 'rate_out_of_range'],
];

function namedInSources(): Set<string> {
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
  const texts = names
    .filter(
      (name) =>
        name.endsWith('.ts') && !name.startsWith('rules/') && !name.startsWith('documents/'),
    )
    .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
    .concat(PARTIES.map((file) => readFileSync(file, 'utf8')));
  const found = texts.flatMap((text) =>
    NAMED.flatMap((pattern) => [...text.matchAll(pattern)].map(([, rule = '']) => rule)),
  );
  return new Set(found.filter((rule) => rule.includes('_') && !OTHERS.has(rule)));
}

describe('the pages of rules', () => {
  it('have one for each rule that the sources name, and none that nothing gives', () => {
    const pages = importRules().map(({ rule }) => rule);
    expect(new Set(pages).size).toBe(pages.length);
    const given = new Set([
      ...namedInSources(),
      ...REFUSED,
      ...PARTY_FIELDS.map((field) => `malformed_${field}`),
    ]);
    expect([...given].filter((rule) => !pages.includes(rule)).sort()).toEqual([]);
    expect(pages.filter((rule) => !given.has(rule)).sort()).toEqual([]);
  });

  it('name rules that are near to one that there is not', () => {
    expect(explainRule('column_count').toDo).toContain('quotes');
    expect(() => explainRule('malformed_principal')).toThrow(
      expect.objectContaining({
        code: 'unknown_rule',
        exitCode: 2,
        evidence: expect.objectContaining({ near: expect.stringContaining('malformed_amount') }),
      }),
    );
  });
});
