import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  parseVoucherLayout,
  VOUCHER_FIELDS,
} from '../../../../src/jobs/ledger/documents/voucher-layout.js';
import { packageRoot } from '../../../../src/package-root.js';

const read = (file: string) => readFileSync(join(packageRoot, file), 'utf8');
const AMOUNT = '  - {title: amount, field: amount}\n';

function refusal(text: string): string {
  try {
    parseVoucherLayout(text, 'layout.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
}

describe('a voucher layout', () => {
  it('comes with the package, and docs/books.md shows another', () => {
    const own = parseVoucherLayout(read('config/layouts/voucher-lines.yaml'), 'config');
    expect(own.columns.map(({ title }) => title)).toContain('借方金额');
    const [, shown = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(read('docs/books.md')) ?? [];
    expect(parseVoucherLayout(shown, 'docs')).toMatchObject({ encoding: 'gb18030' });
  });

  it('has every field on the page that describes it', () => {
    const page = read('docs/books.md');
    expect(VOUCHER_FIELDS.filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
  });

  it.each([
    ['columns[1].field: must be one of entity,', '  - {title: a, field: acount}\n'],
    ['columns[1]: must have either field or constant', '  - {title: a}\n'],
    ['columns[1]: a constant is written as it is', '  - {title: a, constant: x, empty: y}\n'],
    ['columns[1].date: only business_date is a date', '  - {title: a, field: ref, date: YYYY}\n'],
    ['columns[1].date: must hold', '  - {title: a, field: business_date, date: YYYYMM}\n'],
    ['columns[1].date: must hold', '  - {title: a, field: business_date, date: DMMMYYYY}\n'],
    ['columns[1].values: an amount', '  - {title: a, field: debit, values: {x: y}}\n'],
    ['columns[1].title: must be unique', '  - {title: amount, field: line}\n'],
    ['columns[1].titel: unknown key', '  - {title: a, titel: b, field: line}\n'],
  ])('is refused with path, rule and value: %s', (says, column) => {
    const said = refusal(`name: n\ncolumns:\n${AMOUNT}${column}`);
    expect(said).toContain(says);
  });

  it('has to carry the amount, in one of three ways', () => {
    const of = (...fields: string[]) =>
      refusal(
        `name: n\ncolumns:\n${fields.map((field) => `  - {title: ${field}, field: ${field}}\n`).join('')}`,
      );
    expect(of('account', 'debit')).toContain('must carry the amount');
    expect(of('absolute')).toContain('must carry the amount');
    expect([of('amount'), of('debit', 'credit'), of('absolute', 'side')]).toEqual([
      'taken',
      'taken',
      'taken',
    ]);
    expect(refusal('name: n\ncolumns: []\n')).toContain('must have a column at least');
    const words = `name: n\nencoding: ansi\ndelimiter: ";"\namount_unit: dollar\ncolumns:\n${AMOUNT}`;
    expect(refusal(words)).toMatch(/delimiter: must be.*got ;\n.*encoding: must be.*got ansi\n/);
  });
});
