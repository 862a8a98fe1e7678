import type pg from 'pg';
import { formatAmount, parseTotal } from '../../../accounting/money/amount-text.js';
import type { OpeningPosition } from '../../../accounting/opening/opening-position.js';
import { BALANCE_COLUMNS } from '../../import/balances/balance-columns.js';
import { type TheirFile, textRows } from '../source-rows.js';
import { type BookedLoan, bookedLoans } from './booked-loans.js';
import type { GroupSums } from './group-sums.js';
import { standOf } from './opened-stand.js';
import { type Found, PAGE_ROWS, type VerifyScene } from './verify-scene.js';

/** Measures of a position: what a file says, and what the book has. */
export const MEASURES = [
  'principal_not_due',
  'principal',
  'interest_accrued',
  'interest_due',
  'penalty_due',
  'compound_due',
  'fee_due',
  'suspense',
] as const;
export type Measure = (typeof MEASURES)[number];

/** Amounts of a position by measure, in minor units. */
export function measuresOf(opening: OpeningPosition): Readonly<Record<Measure, number>> {
  const sum = (key: 'principal' | 'interest' | 'penalty' | 'compound' | 'fee') =>
    opening.open.reduce((total, item) => total + item[key], 0);
  return {
    principal_not_due: opening.principalNotDue,
    principal: opening.principalNotDue + sum('principal'),
    interest_accrued: opening.interestAccrued,
    interest_due: sum('interest'),
    penalty_due: sum('penalty'),
    compound_due: sum('compound'),
    fee_due: sum('fee'),
    suspense: opening.suspense,
  };
}

/**
 * Holds a file of positions against those of the book, loan by loan and figure by figure: what the
 * file leaves out is not compared. Adds what the file says to the sums.
 */
export async function* verifyBalances(
  client: pg.Client,
  file: TheirFile,
  scene: VerifyScene,
  sums: GroupSums,
): AsyncGenerator<Found> {
  const { minorDigits, signal } = scene;
  const readAs = { kind: 'balances', columns: BALANCE_COLUMNS, minorDigits, signal } as const;
  let page: Readonly<Record<string, string>>[] = [];
  for await (const { line, fields } of textRows(file, readAs)) {
    if (fields === null) {
      yield { ...NO_LOAN, loanNo: `line ${line}`, difference: 'row cannot be read' };
      continue;
    }
    if (page.push(fields) < PAGE_ROWS) continue;
    yield* comparePage(client, page, scene, sums);
    page = [];
  }
  yield* comparePage(client, page, scene, sums);
}

const NO_LOAN: Omit<Found, 'difference'> = {
  ...{ loanNo: '', about: 'balance', seq: null, field: '', theirs: '', ours: '' },
};

async function* comparePage(
  client: pg.Client,
  page: readonly Readonly<Record<string, string>>[],
  scene: VerifyScene,
  sums: GroupSums,
): AsyncGenerator<Found> {
  const loans = await bookedLoans(
    client,
    page.map(({ loan_no: no = '' }) => no),
  );
  for (const fields of page) {
    const loanNo = fields.loan_no ?? '';
    const loan = loans.get(loanNo);
    if (loan === undefined) yield { ...NO_LOAN, loanNo, difference: 'not in the book' };
    else yield* compare(loan, fields, scene, sums);
  }
}

function* compare(
  loan: BookedLoan,
  fields: Readonly<Record<string, string>>,
  scene: VerifyScene,
  sums: GroupSums,
): Generator<Found> {
  const { loanNo, opening } = loan;
  const { minorDigits } = scene;
  const stand = standOf(loan, scene);
  const place = { product: loan.product, org: loan.org, class: fields.class || stand.class };
  sums.countTheirs(place);
  if (opening === null) {
    yield { ...NO_LOAN, loanNo, difference: 'no position in the book' };
    return;
  }
  const ours = measuresOf(opening);
  for (const measure of MEASURES) {
    const text = fields[measure] ?? '';
    // What is left out of the file is not said; an optional amount of the position itself is 0.
    const isOwn = measure === 'interest_accrued' || measure === 'suspense';
    if (text === '' && !isOwn) {
      sums.addTheirs(place, measure, BigInt(ours[measure]), false);
      continue;
    }
    const theirs = parseTotal(text === '' ? '0' : text, minorDigits);
    sums.addTheirs(place, measure, theirs ?? 0n, true);
    if (theirs === BigInt(ours[measure])) continue;
    const our = formatAmount(ours[measure], minorDigits);
    yield { ...NO_LOAN, loanNo, field: measure, theirs: text, ours: our, difference: 'amount' };
  }
  const own = {
    accruing: String(opening.accruing),
    written_off: String(opening.writtenOff),
    class: stand.class,
    days_past_due: stand.daysPastDue,
  };
  for (const [field, our] of Object.entries(own)) {
    const text = fields[field] ?? '';
    if (text === '' || text === our) continue;
    yield { ...NO_LOAN, loanNo, field, theirs: text, ours: our, difference: 'state' };
  }
}
