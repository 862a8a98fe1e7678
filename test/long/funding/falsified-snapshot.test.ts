import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import type { FileFamily } from '../../../src/funding/terms/partner.js';
import { checkSnapshot } from '../../../src/jobs/funding/check/check-snapshot.js';
import { writePartnerFiles } from '../../../src/jobs/funding/files/write-file.js';
import { settlePartners } from '../../../src/jobs/funding/settle/settle-partners.js';
import { applyTerms } from '../../../src/jobs/funding/terms/apply-terms.js';
import { dayAt, type JointBook, jointBook, START } from '../../jobs/eod/joint/joint-book.js';
import {
  expectedBreaks,
  falsified,
  lineOf,
  TITLES,
} from '../../jobs/funding/check/falsified-rows.js';
import { openBreaks } from '../../jobs/funding/check/snapshot-book.js';
import {
  owedOf,
  PLANS,
  type PlantedLoan,
  plantedLoan,
  rowBeforeMoney,
  rowOf,
  shareOf,
} from './planted-book.js';

const LOANS = 200_000;
/** The end of a month is among them. */
const DAYS = 40;
const TOLERANCE = 1;
const PRODUCT = 'allocation: {early_payment: hold}\npenalty: {rate: {annual: 0}, grace_days: 0}\n';
const TERMS = {
  ...{ code: 'P1', version: 2, effective_from: START, tolerance: TOLERANCE, cross_days: 2 },
  settlement: { days: 1, minimum: '1500.00', dark: [{ from: dayAt(20), to: dayAt(22) }] },
  layouts: { snapshot: 'SNAP', repayment: 'REPAY', disbursement: 'DISB' },
};
const amount = (name: string) => ({ from: name, type: 'amount' });
const layout = (
  code: string,
  family: FileFamily,
  columns: readonly object[],
  more: object = {},
) => ({
  ...{ code, effective_from: START, family, name: `${family}_{date}_{version}.csv`, columns },
  ...more,
});
const LAYOUTS = [
  layout(
    ...(['SNAP', 'snapshot'] as const),
    TITLES.split(',').map((name) =>
      /principal|interest/.test(name) ? amount(name) : { from: name },
    ),
    { total_of: 'principal', control: { suffix: '.ok', content: '{count},{total}' } },
  ),
  layout('REPAY', 'repayment', [
    ...[{ from: 'loan_no' }, { from: 'ref' }],
    ...['amount', 'service_fee'].map(amount),
  ]),
  layout('DISB', 'disbursement', [{ from: 'loan_no' }, amount('amount')]),
];

let book: JointBook;
let folder: string;
const loans = Array.from({ length: LOANS }, (_, at) => plantedLoan(at));
beforeAll(async () => {
  book = await jointBook(PLANS, PRODUCT);
  folder = join(dirname(book.file('x')), 'out');
  mkdirSync(folder);
  const apply = (kind: 'partner' | 'layout', document: object) =>
    applyTerms(book.client, kind, JSON.stringify(document), { source: 'x', by: 'Li Na' });
  await apply('partner', TERMS);
  for (const each of LAYOUTS) await apply('layout', each);
  await book.loans(
    loans.map(
      ({ loanNo, principal, plan }) =>
        `${loanNo},P,${yuan(principal)},0.18,2,${dayAt(0)},${PLANS[plan].code}`,
    ),
    loans.flatMap(({ loanNo, dueAfter, dueAmounts: [first, second] }) => [
      `${loanNo},${dayAt(dueAfter)},${yuan(first[0])},${yuan(first[1])}`,
      `${loanNo},${dayAt(60)},${yuan(second[0])},${yuan(second[1])}`,
    ]),
  );
}, 3_600_000);
afterAll(() => book.remove());

const yuan = (fen: number) => (fen / 100).toFixed(2);
const fenOf = (text = '') => Math.round(Number(text) * 100);

/** The money of a day, and what bounces on it. */
function eventsOf(after: number): string[] {
  return loans.flatMap(({ loanNo, paidAfter, valueAfter, reversedAfter, dueAmounts: [first] }) => {
    const total = yuan(first[0] + first[1]);
    return [
      ...(paidAfter === after
        ? [`R-${loanNo},${loanNo},repayment,${dayAt(valueAfter)},${total},,`]
        : []),
      ...(reversedAfter === after
        ? [`B-${loanNo},${loanNo},reversal,${dayAt(after)},,,R-${loanNo}`]
        : []),
    ];
  });
}

/** What P1 has of a day's file, in minor units by column. */
async function sent(family: FileFamily, after: number): Promise<number> {
  const day = parseDay(dayAt(after))!;
  const [file] = await writePartnerFiles(book.client, {
    ...{ partner: 'P1', day, family, folder, by: 'Li Na' },
  });
  const [, ...rows] = readFileSync(join(folder, file!.name), 'utf8').trimEnd().split('\n');
  expect(rows).toHaveLength(file!.rows);
  return rows.reduce((sum, row) => {
    const [, second, third, fee] = row.split(',');
    return sum + (family === 'disbursement' ? 0 - fenOf(second) : fenOf(third) - fenOf(fee));
  }, 0);
}

/** A snapshot of theirs: one row of a hundred false, and some of the money behind their cut-off. */
function snapshotOf(after: number): {
  readonly file: string;
  readonly breaks: string[];
  readonly tolerated: number;
} {
  const wayOf = (at: number) => (at * 7919 + after * 31) % 100;
  const rows = loans.map((loan, at) =>
    isLate(loan, after) && wayOf(at) === 1 ? rowBeforeMoney(loan, after) : rowOf(loan, after),
  );
  const crossed = loans
    .filter((loan, at) => isLate(loan, after) && wayOf(at) === 1)
    .map(({ loanNo }) => ({ loanNo, type: 'cross_day', component: null, difference: 0 }));
  const places = new Set(Array.from(loans.keys()).filter((at) => wayOf(at) === 0));
  const planted = falsified(rows, places, TOLERANCE);
  const name = `snapshot_${dayAt(after)}_1.csv`;
  const file = book.file(name, TITLES, ...planted.rows.map(lineOf));
  const total = planted.rows.reduce((sum, { principal }) => sum + principal, 0);
  book.file(`${name}.ok`, `${planted.rows.length},${yuan(total)}`);
  const breaks = expectedBreaks({ ...planted, breaks: [...planted.breaks, ...crossed] });
  return { file, breaks, tolerated: planted.tolerated };
}

/** Money that came on the day itself. */
function isLate({ paidAfter }: PlantedLoan, after: number): boolean {
  return paidAfter === after;
}

/** What the ledger has of P1 but for what its snapshots have more than we do. */
async function owedByLedger(day: string): Promise<number> {
  const [row] = await book.rows(
    `SELECT (SELECT -sum(balance) FROM gl_balance JOIN account USING (account_id)
         WHERE code IN ('2241.03', '1221.04') AND business_date = '${day}')::bigint
       + (SELECT coalesce(sum(amount), 0) FROM entry JOIN entry_line USING (entry_id)
         JOIN account USING (account_id)
         WHERE source = 'tolerance' AND code = '2241.03' AND business_date <= '${day}')::bigint
       AS owed`,
  );
  return Number(row!.owed);
}

it(`finds what was falsified in ${LOANS} loans, and settles what was sent, every day`, {
  timeout: 7_200_000,
}, async () => {
  const spent: Record<string, number> = {};
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    const done = await work();
    spent[what] = (spent[what] ?? 0) + (performance.now() - from) / 1000;
    return done;
  };
  let owed = 0;
  let tolerated = 0;
  for (let after = 0; after < DAYS; after += 1) {
    const day = dayAt(after);
    await timed('settle', () => settlePartners(book.client, { date: undefined, by: 'Li Na' }));
    const events = eventsOf(after);
    if (events.length > 0) await timed('events', () => book.events(...events));
    await timed('close', () => book.close(day, 2));
    owed += await timed('files', async () =>
      after === 0 ? await sent('disbursement', 0) : await sent('repayment', after),
    );
    // By hand: the shares of all that was lent, of all that is paid by now less what bounced.
    const onPaper = loans.reduce(
      (sum, loan) =>
        sum -
        shareOf(loan.plan, loan.principal) +
        (loan.paidAfter <= after && after < loan.reversedAfter ? owedOf(loan) : 0),
      0,
    );
    expect(owed, day).toBe(onPaper);
    const [kept] = await book.rows(
      'SELECT coalesce(sum(amount), 0)::bigint AS amount FROM funding_settlement',
    );
    expect(await owedByLedger(day), day).toBe(owed - Number(kept!.amount));
    const dry = { date: undefined, by: 'Li Na', dryRun: true };
    const { standings, transfers } = await settlePartners(book.client, dry);
    const left = standings.reduce((sum, { carried, notDue }) => sum + carried + notDue, 0);
    const due = transfers.reduce((sum, each) => sum + each.amount, 0);
    expect(left + due, day).toBe(owed - Number(kept!.amount));
    const planted = snapshotOf(after);
    const checked = await timed('check', () =>
      checkSnapshot(book.client, {
        ...{ file: planted.file, partner: 'P1', day: parseDay(day)!, by: 'Li Na' },
      }),
    );
    tolerated = planted.tolerated;
    expect(await openBreaks(book), day).toEqual(planted.breaks);
    expect(checked.tolerated, day).toEqual(tolerated === 0 ? {} : { interest: yuan(tolerated) });
  }
  const [tail] = await book.rows(
    `SELECT sum(amount)::bigint AS amount FROM entry JOIN entry_line USING (entry_id)
     JOIN account USING (account_id) WHERE source = 'tolerance' AND code = '6711.01'`,
  );
  expect(Number(tail!.amount)).toBe(tolerated);
  console.info(`${LOANS} loans, ${DAYS} days: ${JSON.stringify(spent)} s`);
});
