import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { readDocumentText } from '../../src/documents/read-text.js';
import { checkShape } from '../../src/documents/violations.js';
import {
  calendarFromValue,
  parseCalendarDocument,
} from '../../src/jobs/book/documents/calendar-document.js';
import {
  parsePolicyDocument,
  policyFromValue,
} from '../../src/jobs/book/documents/policy-document.js';
import { parseProductDocument } from '../../src/jobs/book/documents/product-document.js';
import { productContradictions } from '../../src/jobs/book/documents/product-rules.js';
import {
  type ProductDocument,
  productSchema,
} from '../../src/jobs/book/documents/product-schema.js';

const root = new URL('../../', import.meta.url);
const readText = (path: string) => readFileSync(new URL(path, root), 'utf8');
const source = { name: 'test' };

describe('the policy', () => {
  test('that ships has the default figures', () => {
    const shipped = parsePolicyDocument(readText('config/policy.yaml'), 'config/policy.yaml');
    expect(policyFromValue({}, source).policy).toEqual(shipped.policy);
    expect(shipped.policy).toEqual({
      classDays: [0, 90, 270, 360],
      nonAccrualAfter: 90,
      costCapPpb: 240_000_000,
      vatPpb: 60_000_000,
      vatAccrualDays: 90,
    });
  });

  test.each([[[0, 90, 270]], [[0, 90, 90, 360]], [[0, 360, 270, 90]]])(
    'refuses the classes %j',
    (days) => {
      const value = { classification: { days_past_due: days } };
      expect(() => policyFromValue(value, { name: 'test', path: 'policy' })).toThrow(
        `policy.classification.days_past_due: must be four rising numbers: the last day of each ` +
          `class before loss; got ${JSON.stringify(days)}`,
      );
    },
  );

  test('without a cost cap', () => {
    expect(policyFromValue({ cost_cap: null }, source).policy.costCapPpb).toBeNull();
  });
});

describe('the calendar', () => {
  const { calendar } = parseCalendarDocument(readText('config/calendars/cn.yaml'), 'cn.yaml');
  const works = (text: string) => calendar.isWorkingDay(parseDay(text) ?? 0);

  test.each([
    ['2024-02-10', false, 'Spring Festival'],
    ['2024-02-18', true, 'a Sunday worked'],
    ['2025-10-08', false, 'National Day and Mid-Autumn'],
    ['2025-10-11', true, 'a Saturday worked'],
    ['2026-02-23', false, 'Spring Festival, a Monday'],
    ['2026-02-24', true, 'the day after it'],
    ['2026-10-10', true, 'a Saturday worked'],
    ['2026-07-18', false, 'a plain Saturday'],
  ])('%s works: %s (%s)', (text, expected) => {
    expect(works(text)).toBe(expected);
  });

  test('a year that is not listed is refused', () => {
    expect(() => works('2027-01-04')).toThrow('2027');
  });

  test('the years default to those of its dates', () => {
    const value = { holidays: ['2026-10-01'], workdays: ['2027-01-02'] };
    const own = calendarFromValue(value, source).calendar;
    expect(own.isWorkingDay(parseDay('2027-01-02') ?? 0)).toBe(true);
    expect(() => own.isWorkingDay(parseDay('2025-12-31') ?? 0)).toThrow('2025');
  });

  test('a day that is both free and worked is refused', () => {
    const value = { holidays: ['2026-10-01'], workdays: ['2026-10-01'] };
    expect(() => calendarFromValue(value, source)).toThrow(
      'workdays[0]: is a holiday too; got 2026-10-01',
    );
  });
});

describe('the products that ship', () => {
  const files = readdirSync(new URL('fixtures/products/', root));
  const documents = files.map((file) => {
    const value = readDocumentText(readText(`fixtures/products/${file}`), file);
    return [file, checkShape(productSchema, value, { name: file })] as const;
  });

  test.each(documents)('%s is valid', (file, document) => {
    expect(productContradictions(document)).toEqual([]);
    const parsed = parseProductDocument(readText(`fixtures/products/${file}`), file);
    expect(parsed.document).toEqual(document);
  });

  test('have codes and names of their own', () => {
    const unique = (of: (document: ProductDocument) => string | undefined) =>
      new Set(documents.map(([, document]) => of(document)));
    expect(unique(({ code }) => code).size).toBe(files.length);
    expect(unique(({ name }) => name).size).toBe(files.length);
    expect(unique(({ name }) => name)).not.toContain(undefined);
  });

  test('show every method of repayment', () => {
    const shown = documents.map(([, { repayment }]) => repayment.method);
    expect([...new Set(shown)].sort()).toEqual([
      'balloon',
      'bullet',
      'daily_interest',
      'equal_principal',
      'flat_interest',
      'interest_only',
      'level_payment',
      'level_payment_actuarial',
      'level_payment_solved',
    ]);
  });
});
