import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { connect } from '../../../src/db/connect.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { importBalances } from '../../../src/jobs/import/balances/import-balances.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { sampleLoans } from '../../../src/jobs/migration/fit/fit-file.js';
import { fitParameters } from '../../../src/jobs/migration/fit/search.js';
import { verifyBook } from '../../../src/jobs/migration/verify/verify-book.js';
import { packageRoot } from '../../../src/package-root.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { LOAN_TAPE } from '../../support/shared-data.js';

/** Loans that have stopped: their rows say so, and they are left out. */
const RUNNING = ['Current', 'In Grace Period', 'Late (16-30 days)', 'Late (31-120 days)'];

/** As many loans of the tape: each one is laid, staged and verified. */
const LOANS = 600;

/** What the tape looks like as downloaded: a line above the titles, two lines of totals behind. */
const SHAPE = `skip: {before: 1, behind: 2}
trim: [" "]
where: [{title: loan_status, is: [${RUNNING.map((name) => JSON.stringify(name)).join(', ')}]}]
short_rows: padded
`;
const NUMBER = '{title: id, from: loan_no, prefix: LC-}';
const LOAN_LAYOUT = `layout: tape-loans
kind: loans
${SHAPE}columns:
  - ${NUMBER}
  - {title: term, from: product, values: {LC-36: 36 months, LC-60: 60 months}}
  - {title: loan_amnt, from: principal, type: amount}
  - {title: int_rate, from: rate, type: rate, unit: percent}
  - {title: issue_d, from: disbursed_on, type: date, format: MMM-YYYY}
  - {constant: US, from: org}
`;
const BALANCE_LAYOUT = `layout: tape-balances
kind: balances
${SHAPE}columns:
  - ${NUMBER}
  - {title: out_prncp, from: principal_not_due, type: amount}
`;
const FIT_LAYOUT = `layout: tape-fit
kind: loans
${SHAPE}columns:
  - ${NUMBER}
  - {title: loan_amnt, from: principal, type: amount}
  - {title: int_rate, from: rate, type: rate, unit: percent}
  - {title: term, from: periods, values: {36: 36 months, 60: 60 months}}
  - {title: issue_d, from: disbursed_on, type: date, format: MMM-YYYY}
  - {title: installment, from: installment, type: amount}
  - {title: out_prncp, from: balance, type: amount}
`;

const TITLES = 'id,loan_amnt,term,int_rate,installment,issue_d,loan_status,out_prncp';

/** The tape as it is downloaded, out of the one that is kept; with the rows that it has. */
function rawTape(path: string): Record<string, string>[] {
  const rows = (parse(readFileSync(LOAN_TAPE), { columns: true }) as Record<string, string>[])
    .filter((_, at) => at % 8 === 0)
    .slice(0, LOANS);
  const lines = rows.map((row) =>
    [
      ...[row.id, row.loan_amount, ` ${row.term} months`, ` ${row.interest_rate}%`],
      ...[row.installment, row.issue_month, row.loan_status, Number(row.balance).toFixed(2)],
    ]
      .map((text) => `"${text}"`)
      .join(','),
  );
  const total = rows.reduce((sum, row) => sum + Number(row.loan_amount), 0);
  const behind = ['', `"Total amount funded in policy code 1: ${total}"`, '"Total: 0"'];
  const text = ['Notes offered by Prospectus', TITLES, ...lines, ...behind].join('\n');
  writeFileSync(path, `${text}\n`);
  return rows;
}

describe.skipIf(!existsSync(LOAN_TAPE))(
  `a tape as downloaded (skipped without ${LOAN_TAPE})`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'loanbook-tape-'));
    const file = join(folder, 'tape.csv');
    const layout = (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    let rows: Record<string, string>[];
    let database: TestDatabase;
    let client: Awaited<ReturnType<typeof connect>>;

    beforeAll(async () => {
      rows = rawTape(file);
      database = await testDatabase();
      client = await connect(database.target);
      const firstBusinessDate = parseDay('2018-07-01')!;
      const frame = { entity: 'Tape', currency: 'USD', calendar: 'none', firstBusinessDate };
      await createBook(client, frame);
      for (const name of ['us-36.yaml', 'us-60.yaml']) {
        const text = readFileSync(join(packageRoot, 'fixtures/products', name), 'utf8');
        await applyProduct(client, text, name);
      }
    }, 60_000);
    afterAll(async () => {
      await client?.end();
      await database?.drop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('says by itself how its payments are rounded and that fractions are carried', async () => {
      const path = layout('fit.yaml', FIT_LAYOUT);
      const sampled = await sampleLoans({ file, layout: path, minorDigits: 2, sample: 100 });
      expect(sampled.unread).toBe(0);
      expect(sampled.loans).toHaveLength(100);
      const { best } = fitParameters(sampled.loans, 'USD');
      expect(best.parameters).toEqual({
        'repayment.payment_rounding': 'up',
        'repayment.carry_fraction': true,
      });
      expect(best.score.installments.met).toBeGreaterThanOrEqual(99);
    }, 60_000);

    it('comes in as running loans with its own balances, and is proven', async () => {
      const running = rows.filter(({ loan_status: status = '' }) => RUNNING.includes(status));
      const loans = await importLoans(client, { file, layout: layout('loans.yaml', LOAN_LAYOUT) });
      expect(loans).toMatchObject({ rowsTaken: running.length, rowsRejected: 0 });
      const path = layout('balances.yaml', BALANCE_LAYOUT);
      const balances = await importBalances(client, { file, layout: path });
      expect(balances).toMatchObject({ rowsTaken: running.length, rowsRejected: 0 });
      const verified = await verifyBook(client, { balances: [{ file, layout: path }] });
      expect(verified).toMatchObject({ agrees: true, differing: 0, withPosition: running.length });
      const cents = running.reduce((sum, row) => sum + Math.round(Number(row.balance) * 100), 0);
      const all = verified.sums.find(
        ({ dimension, measure }) => dimension === 'all' && measure === 'principal_not_due',
      );
      expect(all?.ours).toBe((cents / 100).toFixed(2));
      expect(all?.theirs).toBe(all?.ours);
    }, 120_000);
  },
);
