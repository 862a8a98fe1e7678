import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { connect } from '../../../../src/db/connect.js';
import { createBook } from '../../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { assignmentJsonSchema } from '../../../../src/jobs/funding/documents/assignment-document.js';
import { guaranteeJsonSchema } from '../../../../src/jobs/funding/documents/guarantee-document.js';
import { merchantJsonSchema } from '../../../../src/jobs/funding/documents/merchant-document.js';
import { partnerJsonSchema } from '../../../../src/jobs/funding/documents/partner-document.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import type { TermsKind } from '../../../../src/jobs/funding/terms/terms-kind.js';
import {
  listTerms,
  showTerms,
  termsByDay,
  termsOn,
} from '../../../../src/jobs/funding/terms/terms-queries.js';
import { packageRoot } from '../../../../src/package-root.js';
import { testDatabase } from '../../../support/database.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
afterAll(() => book.remove());

const apply = (kind: TermsKind, text: string) =>
  applyTerms(book.client, kind, text, { source: 'x.yaml', by: 'Li Na' });
const refusal = (kind: TermsKind, text: string) => apply(kind, text).catch((error) => error);
const fixture = (name: string) => readFileSync(join(packageRoot, 'fixtures/funding', name), 'utf8');

describe('a version of a document', () => {
  it('is applied once: the same content again changes nothing, other content is refused', async () => {
    const text = fixture('partner.yaml');
    const applied = { code: 'P1', version: 1, effectiveFrom: '1970-01-01', dryRun: false };
    const tried = await applyTerms(book.client, 'partner', text, {
      ...{ source: 'x.yaml', by: 'Li Na', dryRun: true },
    });
    expect(tried).toEqual({ ...applied, outcome: 'applied', dryRun: true });
    expect(await listTerms(book.client, 'partner')).toEqual([]);
    expect(await apply('partner', text)).toEqual({ ...applied, outcome: 'applied' });
    // A default that is written out is no other content.
    expect(await apply('partner', `${text}tolerance: 0\n`)).toEqual({
      ...{ ...applied, outcome: 'unchanged' },
    });
    expect(await refusal('partner', `${text}tolerance: 1\n`)).toMatchObject({
      code: 'terms_version_exists',
      exitCode: 2,
      evidence: { source: 'x.yaml', kind: 'partner', code: 'P1', rule: 'never changes', value: 1 },
      next: 'Give it `version: 2`, or see `loanbook partner show P1`.',
    });
    const audit = await book.rows(`SELECT action, subject FROM audit WHERE subject LIKE 'P1 %'`);
    expect(audit).toEqual([{ action: 'partner apply', subject: 'P1 1' }]);
  });

  it('of a guarantee is of a partner who is a guarantor', async () => {
    const text = fixture('guarantee.yaml');
    expect(await refusal('guarantee', text)).toMatchObject({
      code: 'unknown_partner',
      exitCode: 2,
      evidence: { path: 'guarantor', value: 'G1' },
    });
    await apply('partner', fixture('guarantor.yaml').replace('guarantor', 'buyer'));
    expect(await refusal('guarantee', text)).toMatchObject({
      code: 'invalid_document',
      evidence: { path: 'guarantor', rule: expect.stringContaining('it is buyer'), value: 'G1' },
    });
    const guarantor = `${fixture('guarantor.yaml')}version: 2\neffective_from: ${OPEN_DAY}\n`;
    expect(await apply('partner', guarantor)).toMatchObject({ outcome: 'applied' });
    // In force before its guarantor is one.
    expect(await refusal('guarantee', text)).toMatchObject({ code: 'invalid_document' });
    expect(await apply('guarantee', `${text}effective_from: ${OPEN_DAY}\n`)).toMatchObject({
      ...{ code: 'GA-1', version: 1, outcome: 'applied' },
    });
  });

  it('follows the one before it, by number and by day', async () => {
    const merchant = (version: number, from: string, days: number) =>
      `{code: M1, version: ${version}, effective_from: ${from}, days: ${days}}`;
    await apply('merchant', merchant(2, '2026-01-01', 0));
    expect(await refusal('merchant', merchant(1, '2026-03-28', 1))).toMatchObject({
      code: 'terms_version_behind',
      exitCode: 2,
      evidence: { code: 'M1', value: 1, latest: 2 },
    });
    expect(await refusal('merchant', merchant(3, '2025-12-31', 1))).toMatchObject({
      code: 'effective_in_closed_day',
      exitCode: 2,
      next: 'Give it an effective_from of 2026-03-28 or later.',
    });
    expect(await apply('merchant', merchant(3, '2026-04-01', 3))).toMatchObject({
      outcome: 'applied',
    });
    const days = async (day: string) => (await termsOn(book.client, 'merchant', 'M1', day))?.days;
    expect(await days('2025-12-31')).toBeUndefined();
    expect(await days('2026-01-01')).toBe(0);
    expect(await days('2026-03-31')).toBe(0);
    expect(await days('2026-04-01')).toBe(3);
  });

  it('is shown as it was applied, every default written out', async () => {
    expect(await listTerms(book.client, 'merchant')).toMatchObject([
      { code: 'M1', version: 2, appliedBy: 'Li Na', terms: { days: 0 } },
      { code: 'M1', version: 3, effectiveFrom: '2026-04-01', terms: { days: 3 } },
    ]);
    const shown = await showTerms(book.client, 'merchant', 'M1', 2);
    expect(shown.document).toMatchObject({ days: 0, minimum: '0.00', fee: { rate: '0' } });
    expect(await apply('merchant', JSON.stringify(shown.document))).toMatchObject({
      outcome: 'unchanged',
    });
    await expect(showTerms(book.client, 'merchant', 'M9')).rejects.toMatchObject({
      code: 'unknown_terms',
      exitCode: 2,
      evidence: { kind: 'merchant', code: 'M9' },
    });
  });

  it('that was changed in the table rules nothing', async () => {
    await book.asOwner(`UPDATE funding_terms SET document = replace(document, '"days":3', '"days":4')
      WHERE kind = 'merchant' AND version = 3`);
    await expect(termsOn(book.client, 'merchant', 'M1', '2026-04-01')).rejects.toMatchObject({
      code: 'document_changed',
      exitCode: 3,
      evidence: { table: 'funding_terms', document: 'merchant M1 3' },
    });
    // What does not ask for it goes on.
    expect(await termsOn(book.client, 'merchant', 'M1', '2026-03-31')).toMatchObject({ days: 0 });
  });
});

it('a later version changes no closed day, the first one is of any day', async () => {
  await closeDays(book.database.target, { through: parseDay(OPEN_DAY)!, workers: 1, tasks: 1 });
  const partner = (version: number, from: string) =>
    `{code: P7, version: ${version}, effective_from: ${from}, cross_days: ${version}}`;
  expect(await apply('partner', partner(1, '2020-01-01'))).toMatchObject({ outcome: 'applied' });
  expect(await refusal('partner', partner(2, OPEN_DAY))).toMatchObject({
    code: 'effective_in_closed_day',
    evidence: {
      code: 'P7',
      path: 'effective_from',
      effectiveFrom: OPEN_DAY,
      openDay: '2026-03-29',
    },
  });
  expect(await apply('partner', partner(2, '2026-03-29'))).toMatchObject({ outcome: 'applied' });
});

it('many days at once are what each of them is, by one statement', async () => {
  const codes = ['T1', 'T2'];
  const apply = (code: string, version: number, from: string, days: number) =>
    applyTerms(
      book.client,
      'partner',
      `{code: ${code}, version: ${version}, effective_from: ${from}, settlement: {days: ${days}}}`,
      { source: 'x.yaml', by: 'Li Na' },
    );
  await apply('T1', 1, '2025-01-01', 1);
  await apply('T1', 3, '2026-04-01', 3);
  // The higher version rules once both are in force, whichever began later.
  await apply('T1', 4, '2026-04-01', 4);
  await apply('T2', 1, '2026-03-01', 5);
  const statements: string[] = [];
  const { client } = book;
  const query = client.query.bind(client);
  const spied = Object.assign(Object.create(client), {
    query: (text: string, values: unknown[]) => {
      statements.push(text);
      return query(text, values);
    },
  });
  const found = await termsByDay(spied, 'partner', codes);
  const days = ['2024-12-31', '2025-01-01', '2026-02-28', '2026-03-31', '2026-04-01', '2027-01-01'];
  const daysOf = (code: string) => days.map((day) => found(code, day)?.settlement.days);
  expect(daysOf('T1')).toEqual([undefined, 1, 1, 1, 4, 4]);
  expect(daysOf('T2')).toEqual([undefined, undefined, undefined, 5, 5, 5]);
  expect(daysOf('T3')).toEqual(days.map(() => undefined));
  for (const code of codes) {
    for (const day of days) {
      expect(found(code, day)).toEqual(await termsOn(client, 'partner', code, day));
    }
  }
  expect(statements).toHaveLength(1);
});

it('amounts are in the currency of the book', async () => {
  const database = await testDatabase();
  const client = await connect(database.target);
  await createBook(client, {
    ...{ entity: 'J', currency: 'JPY', firstBusinessDate: parseDay('2026-03-28')! },
    calendar: 'none',
  });
  const merchant = (minimum: string) =>
    applyTerms(client, 'merchant', `{code: M1, minimum: "${minimum}"}`, { source: 'm', by: '' });
  await expect(merchant('0.50')).rejects.toMatchObject({
    code: 'invalid_document',
    evidence: { path: 'minimum', value: '0.50' },
  });
  await merchant('50');
  expect(await termsOn(client, 'merchant', 'M1', '2026-03-28')).toMatchObject({ minimumFen: 50 });
  await client.end();
  await database.drop();
});

// When this fails: loanbook partner schema > config/schemas/partner.schema.json, and so on.
it.each([
  ['assignment', assignmentJsonSchema],
  ['partner', partnerJsonSchema],
  ['guarantee', guaranteeJsonSchema],
  ['merchant', merchantJsonSchema],
] as const)('config/schemas/%s.schema.json is what the checks say', (name, schema) => {
  const path = join(packageRoot, `config/schemas/${name}.schema.json`);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(schema());
});
