import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatDay } from '../../../src/accounting/calendar/epoch-day.js';
import { laySchedule } from '../../../src/accounting/schedule/schedule.js';
import { productFromValue } from '../../../src/jobs/book/documents/product-document.js';
import { FINERACT_SCHEDULES, OWN_SCHEDULES } from '../../support/shared-data.js';
import { type FineractCase, fineractCase, productDocumentOf } from '../product/fineract-product.js';
import { cents, contractOf } from '../product/terms.js';

const CASES = 60;
const present = existsSync(FINERACT_SCHEDULES);
const read = (file: string) => z.array(fineractCase).parse(JSON.parse(readFileSync(file, 'utf8')));
const cases = present ? read(FINERACT_SCHEDULES) : [];
const own = read(OWN_SCHEDULES);

interface Cells {
  readonly seq: number;
  readonly due: string;
  readonly days: number;
  readonly principal: number;
  readonly interest: number;
  readonly total: number;
  readonly balance: number;
}

/** Rows without a number are disbursements. */
function expectedCells({ expected }: FineractCase): Cells[] {
  const rows = expected.schedule.filter((row) => row.n !== null);
  return rows.map((row) => ({
    seq: row.n ?? 0,
    due: row.due,
    days: row.days ?? -1,
    principal: cents(row.principal ?? ''),
    interest: cents(row.interest ?? ''),
    total: cents(row.due_total),
    balance: cents(row.balance),
  }));
}

function laidCells(fineract: FineractCase): Cells[] {
  const { terms } = productFromValue(productDocumentOf(fineract), { name: fineract.id });
  const { interest_rate: rate, number_of_repayments: periods } = fineract.loan;
  const disbursedOn = fineract.expected.schedule[0]?.due ?? '';
  const contract = contractOf(fineract.disbursed, rate, periods, disbursedOn);
  const { dueOn, principal, interest, balanceAfter } = laySchedule(terms, contract);
  return dueOn.map((due, k) => ({
    seq: k + 1,
    due: formatDay(due),
    days: due - (dueOn[k - 1] ?? contract.disbursedOn),
    principal: principal[k] ?? -1,
    interest: interest[k] ?? -1,
    total: (principal[k] ?? -1) + (interest[k] ?? -1),
    balance: balanceAfter[k] ?? -1,
  }));
}

test.each(own.map((fineract) => [fineract.id, fineract] as const))('made here: %s', (_id, one) => {
  expect(laidCells(one)).toEqual(expectedCells(one));
});

describe.skipIf(!present)(`Fineract's schedules (skipped without ${FINERACT_SCHEDULES})`, () => {
  test(`there are ${CASES}`, () => expect(cases).toHaveLength(CASES));

  test.each(cases.map((fineract) => [fineract.id, fineract] as const))('%s', (_id, fineract) => {
    expect(laidCells(fineract)).toEqual(expectedCells(fineract));
  });
});
