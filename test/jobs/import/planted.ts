import { OPEN_DAY } from '../../support/import-book.js';

export const HEADER =
  'loan_no,product,product_version,principal,rate,periods,disbursed_on,first_due_on,paid_periods,org';
const COLUMNS = HEADER.split(',');

type Row = Record<string, string>;
type Defect = readonly [rule: string, field: string, changes: Row];

const LONG = 'X'.repeat(65);
const OLD = { disbursed_on: '2026-01-15', product_version: '2' };

/** One change of a good row each, with the rule that it breaks and the column that is named. */
const DEFECTS: readonly Defect[] = [
  ['missing_field', 'loan_no', { loan_no: '' }],
  ['malformed_text', 'loan_no', { loan_no: ' A' }],
  ['malformed_text', 'loan_no', { loan_no: 'A ' }],
  ['malformed_text', 'loan_no', { loan_no: LONG }],
  ['malformed_text', 'loan_no', { loan_no: 'A\u0001B' }],
  ['malformed_text', 'loan_no', { loan_no: 'A\u001eB' }],
  ['malformed_text', 'loan_no', { loan_no: 'A\u0085B' }],
  ['malformed_text', 'loan_no', { loan_no: '"A\nB"' }],
  ['malformed_text', 'loan_no', { loan_no: 'A\ufffdB' }],
  ['nul_character', 'loan_no', { loan_no: 'A\0B' }],
  ['missing_field', 'product', { product: '' }],
  ['unknown_product', 'product', { product: 'NOPE' }],
  ['unknown_product', 'product', { product: ' CASH' }],
  ['unknown_product', 'product', { product: 'cash' }],
  ['product_not_effective', 'product', { disbursed_on: '2023-12-31' }],
  ['malformed_number', 'product_version', { product_version: 'x' }],
  ['malformed_number', 'product_version', { product_version: '-1' }],
  ['malformed_number', 'product_version', { product_version: '1.0' }],
  ['malformed_number', 'product_version', { product_version: '999999' }],
  ['unknown_product_version', 'product_version', { product_version: '9' }],
  ['missing_field', 'principal', { principal: '' }],
  ['malformed_amount', 'principal', { principal: 'x' }],
  ['malformed_amount', 'principal', { principal: '"1,000.00"' }],
  ['malformed_amount', 'principal', { principal: '1.001' }],
  ['malformed_amount', 'principal', { principal: '1e3' }],
  ['malformed_amount', 'principal', { principal: '99999999999999999999' }],
  ['malformed_amount', 'principal', { principal: '１００' }],
  ['malformed_amount', 'principal', { principal: ' 1.00' }],
  ['malformed_amount', 'principal', { principal: '¥1.00' }],
  ['principal_not_positive', 'principal', { principal: '-5.00' }],
  ['principal_not_positive', 'principal', { principal: '0' }],
  ['principal_not_positive', 'principal', { principal: '0.00' }],
  ['missing_field', 'rate', { rate: '' }],
  ['malformed_rate', 'rate', { rate: 'x' }],
  ['malformed_rate', 'rate', { rate: '18%' }],
  ['malformed_rate', 'rate', { rate: '"0,18"' }],
  ['malformed_rate', 'rate', { rate: '0.12345678901' }],
  ['malformed_number', 'periods', { periods: 'x' }],
  ['malformed_number', 'periods', { periods: '0' }],
  ['malformed_number', 'periods', { periods: '-1' }],
  ['malformed_number', 'periods', { periods: '1.5' }],
  ['malformed_number', 'periods', { periods: '40000' }],
  ['term_too_long', 'periods', { periods: '601' }],
  ['missing_field', 'periods', { product: 'FREE', product_version: '1', periods: '' }],
  ['principal_free_too_long', 'periods', { product: 'FREE', product_version: '1', periods: '3' }],
  ['missing_field', 'disbursed_on', { disbursed_on: '' }],
  ['malformed_date', 'disbursed_on', { disbursed_on: '2026-02-30' }],
  ['malformed_date', 'disbursed_on', { disbursed_on: '2026/03/01' }],
  ['malformed_date', 'disbursed_on', { disbursed_on: '20260301' }],
  ['malformed_date', 'disbursed_on', { disbursed_on: '1.3.2026' }],
  ['malformed_date', 'first_due_on', { first_due_on: '2026-13-01' }],
  ['malformed_date', 'first_due_on', { first_due_on: 'x' }],
  ['first_due_not_after_disbursement', 'first_due_on', { first_due_on: OPEN_DAY }],
  ['malformed_number', 'paid_periods', { paid_periods: 'x' }],
  ['malformed_number', 'paid_periods', { paid_periods: '-1' }],
  ['paid_before_disbursement', 'paid_periods', { paid_periods: '1' }],
  ['paid_before_due', 'paid_periods', { ...OLD, paid_periods: '4' }],
  ['paid_to_the_end', 'paid_periods', { ...OLD, paid_periods: '6' }],
  ['malformed_text', 'org', { org: ' O' }],
  ['malformed_text', 'org', { org: LONG }],
  ['malformed_text', 'org', { org: '"O\tO"' }],
];

/** What one row is expected to be reported as. */
export interface Expected {
  readonly line: number;
  readonly rule: string;
  readonly field: string;
}

export interface Planted {
  readonly lines: readonly string[];
  readonly expected: readonly Expected[];
  readonly kinds: number;
  readonly good: number;
}

/** Rows of a file, every eighth of them with a defect, each kind of these in its turn. */
export function plantDefects(rows: number): Planted {
  const lines: string[] = [];
  const expected: Expected[] = [];
  let line = 2;
  let kind = 0;
  let lastGood = '';
  const shapes = ['few', 'many', 'repeated', 'looks'] as const;
  const kinds = DEFECTS.length + shapes.length;
  const put = (text: string) => {
    lines.push(text);
    line += text.split('\n').length;
  };
  for (let k = 0; k < rows; k += 1) {
    const row: Row = {
      ...{ loan_no: `PL-${k}`, product: 'CASH', product_version: '', principal: `${500 + k}.25` },
      ...{ rate: '0.18', periods: '6', disbursed_on: OPEN_DAY, first_due_on: '', paid_periods: '' },
      org: `O${k % 7}`,
    };
    const text = (of: Row) => COLUMNS.map((name) => of[name]).join(',');
    if (k % 8 !== 3) {
      lastGood = `PL-${k}`;
      put(text(row));
      continue;
    }
    const at = kind % kinds;
    kind += 1;
    const shape = shapes[at - DEFECTS.length];
    if (shape === undefined) {
      const [rule, field, changes] = DEFECTS[at]!;
      expected.push({ line, rule, field });
      put(text({ ...row, ...changes }));
    } else if (shape === 'repeated' || shape === 'looks') {
      const rule = shape === 'repeated' ? 'loan_no_repeated' : 'loan_no_looks_like';
      expected.push({ line, rule, field: 'loan_no' });
      put(text({ ...row, loan_no: shape === 'looks' ? lastGood.toLowerCase() : lastGood }));
    } else {
      expected.push({ line, rule: 'column_count', field: '' });
      put(shape === 'few' ? text(row).replace(/,[^,]*$/, '') : `${text(row)},more`);
    }
  }
  return { lines, expected, kinds, good: rows - expected.length };
}
