import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { laySchedule } from '../../src/accounting/schedule.js';
import { parseProductDocument } from '../../src/documents/product-document.js';
import { LOAN_TAPE } from '../support/shared-data.js';
import { contractOf, fen } from './terms.js';

const TAPE = LOAN_TAPE;
const TAPE_LOANS = 5031;

/**
 * Loans whose rate on the tape, a plain 6%, is not the one of their sub-grade (A2: 6.07% or 6.08%;
 * D4: 20% or 20.39%): changed after issue, so that no level payment of the issued amount at that
 * rate is their instalment. 8,000 at 6% over 36 asks 243.38, 28,000 asks 851.82.
 */
const CHANGED_AFTER_ISSUE = ['1548', '1968'];

const tapeRow = z.object({
  id: z.string(),
  loan_amount: z.string(),
  term: z.enum(['36', '60']),
  interest_rate: z.string(),
  installment: z.string(),
});

function productOf(term: '36' | '60') {
  const file = new URL(`../../fixtures/products/us-${term}.yaml`, import.meta.url);
  return parseProductDocument(readFileSync(file, 'utf8'), file.pathname).terms;
}

describe.skipIf(!existsSync(TAPE))(`the public loan tape (skipped without ${TAPE})`, () => {
  test('every level payment is the instalment of the tape, but for two changed loans', () => {
    const products = { 36: productOf('36'), 60: productOf('60') };
    const rows = z.array(tapeRow).parse(parse(readFileSync(TAPE), { columns: true }));
    const differing = rows.flatMap((row) => {
      const contract = contractOf(
        row.loan_amount,
        row.interest_rate,
        Number(row.term),
        '2018-03-15',
      );
      const { principal, interest } = laySchedule(products[row.term], contract);
      const payment = (principal[0] ?? 0) + (interest[0] ?? 0);
      const installment = fen(row.installment);
      return payment === installment ? [] : [row.id];
    });
    expect(rows).toHaveLength(TAPE_LOANS);
    expect(differing).toEqual(CHANGED_AFTER_ISSUE);
  });
});
