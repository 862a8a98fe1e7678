import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { parseAmount } from '../../../src/accounting/money/amount-text.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { checkDay } from '../../../src/jobs/eod/checks/check-day.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { applyImpairment } from '../../../src/jobs/impairment/impairment-parameters.js';
import { runImpairment } from '../../../src/jobs/impairment/run-impairment.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { explainVoucher } from '../../../src/jobs/ledger/explain.js';
import { trialBalance } from '../../../src/jobs/ledger/trial-balance.js';
import { packageRoot } from '../../../src/package-root.js';
import { practiceCase } from '../../accounting/product/practice-cases.js';
import { type ScratchBook, scratchBook } from '../../support/scratch-book.js';

const FIRST = parseDay('2026-03-31')!;
const E6 = practiceCase(
  'E6',
  z.object({ EAD: z.string(), PD: z.string(), LGD: z.string() }),
  z.object({ ECL: z.string() }),
);
const E8 = practiceCase(
  'E8',
  z.object({ principal: z.string(), allowance: z.string(), recovered: z.string() }),
  z.object({ extraImpairment: z.string() }),
);
const fen = (text: string) => parseAmount(text, 2)!;
const share = (percent: string) => String(Number(percent.replace('%', '')) / 100);

/** E6 in product IO, stage 2 from the first day past due; E8 in product Z: 8000 x 90% = 7200. */
const PARAMETERS = `
effective_from: 2026-01-01
stages: {stage_2_after: 0, stage_3_after: 90}
exposure: [principal, interest_due]
parameters:
  - {stage: 1, pd: '0.01', lgd: '0.45'}
  - {stage: 2, pd: '${share(E6.input.PD)}', lgd: '${share(E6.input.LGD)}'}
  - {stage: 3, pd: '1', lgd: '0.75'}
  - {product: Z, stage: 1, pd: '1', lgd: '0.90'}
`;
const ZERO_RATE = 'repayment: {method: bullet, periods: 12}\neffective_from: 2024-01-01\n';

let book: ScratchBook;

beforeAll(async () => {
  book = await scratchBook();
  const { client } = book;
  const policyFile = `${packageRoot}/config/policy-uncapped.yaml`;
  const frame = { firstBusinessDate: FIRST, calendar: 'none', policyFile };
  await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
  const interestOnly = 'repayment: {method: interest_only, periods: 12}';
  await applyProduct(client, `code: IO\n${interestOnly}\neffective_from: 2024-01-01\n`, 'IO');
  for (const code of ['Z', 'S']) await applyProduct(client, `code: ${code}\n${ZERO_RATE}`, code);
  // 10000 at 18% a year bears 150.00 a month, due on 1 April: 10150.00 are exposed.
  const file = book.file(
    'loans.csv',
    'loan_no,product,principal,rate,periods,disbursed_on,org',
    'LATE,IO,10000.00,0.18,12,2026-03-01,SH',
    `BAD,Z,${E8.input.principal},0,12,2026-03-31,SH`,
    'ONE,S,1.00,0,12,2026-03-31,SH',
    'TWO,S,1.00,0,12,2026-03-31,SH',
  );
  await importLoans(client, { file });
});

afterAll(() => book?.remove());

const close = (days = 1) =>
  closeDays(book.database.target, { date: undefined, workers: 1, tasks: 1, ...through(days) });
let closed = 0;
function through(days: number) {
  closed += days;
  return { through: FIRST + closed - 1 };
}
const run = (dryRun = false) => runImpairment(book.client, { by: 'Li Na', dryRun });
const event = (ref: string, type: string, day: string, amount: string) =>
  importEvents(book.client, {
    file: book.file(
      `${ref}.csv`,
      'ref,loan_no,type,value_date,amount',
      `${ref},BAD,${type},${day},${amount}`,
    ),
  });

async function closing(): Promise<Record<string, string>> {
  const { lines } = await trialBalance(book.client);
  return Object.fromEntries(lines.map((line) => [line.account, line.closing]));
}

describe('impairment', () => {
  it('needs a sealed day and parameters', async () => {
    await expect(run()).rejects.toMatchObject({ code: 'day_not_sealed' });
    await close(2);
    await expect(run()).rejects.toMatchObject({ code: 'impairment_missing' });
    expect(await applyImpairment(book.client, PARAMETERS, 't')).toMatchObject({
      outcome: 'applied',
    });
    expect(await applyImpairment(book.client, PARAMETERS, 't')).toMatchObject({
      outcome: 'unchanged',
    });
    const other = PARAMETERS.replace("'0.01'", "'0.02'");
    await expect(applyImpairment(book.client, other, 't')).rejects.toMatchObject({
      code: 'impairment_version_exists',
    });
  });

  it('in stage 1: 10150.00 x 1% x 45% = 45.675, halves up 45.68; 8000 x 90% = 7200', async () => {
    const dry = await run(true);
    const found = await run();
    expect({ ...dry, dryRun: false }).toEqual(found);
    expect(found.segments).toMatchObject([
      { product: 'IO', stage: 1, loans: 1, ead: 1_015_000n, required: 4_568n },
      {
        product: 'Z',
        stage: 1,
        loans: 1,
        ead: 800_000n,
        required: BigInt(fen(E8.input.allowance)),
      },
      // 1.00 x 1% x 45% = 0.0045: nothing, loan by loan.
      { product: 'S', stage: 1, loans: 2, ead: 200n, required: 0n },
    ]);
    expect(found.allowance).toMatchObject({ balance: 0n, movement: 724_568n, required: 724_568n });
    expect(found.stages[0]).toMatchObject({ opening: 0n, new: 724_568n, closing: 724_568n });
    const posted = 'SELECT count(*) AS entries FROM entry';
    const before = await book.rows(posted);
    // Once more for the same day, as after a command that was killed: the same, and nothing posted.
    expect(await run()).toEqual({ ...found, outcome: 'unchanged' });
    expect(await book.rows(posted)).toEqual(before);
    const later = PARAMETERS.replace('2026-01-01', '2026-04-01');
    await expect(applyImpairment(book.client, later, 't')).rejects.toMatchObject({
      code: 'impairment_was_run',
    });
  });

  it('E6: a day late, 10150.00 x 20% x 65% = 1319.50 in stage 2', async () => {
    await close();
    expect(await closing()).toMatchObject({ '1304.01': '-7245.68', '6702.01': '7245.68' });
    const found = await run();
    const required = BigInt(fen(E6.expected.ECL));
    expect(found.segments[0]).toMatchObject({ stage: 2, ead: BigInt(fen(E6.input.EAD)), required });
    // 1319.50 - 45.68 = 1273.82 is the charge of the stage that it came into.
    expect(found.stages).toMatchObject([
      { stage: 1, opening: 724_568n, transferOut: -4_568n, charge: 0n, closing: 720_000n },
      { stage: 2, opening: 0n, transferIn: 4_568n, charge: 127_382n, closing: required },
      { stage: 3, opening: 0n, closing: 0n },
    ]);
    expect(found.allowance).toMatchObject({ posted: 724_568n, movement: 127_382n });
  });

  it('E8: a write-off of 8000 against 7200 posts 800 more on its day', async () => {
    await event('W1', 'write_off', '2026-04-03', '');
    await close();
    // 7245.68 + 1273.82 + 800.00 - 8000.00 = 1319.50 are left: what the late loan needs.
    expect(await closing()).toMatchObject({
      '1304.01': '-1319.50',
      '6702.01': '9319.50',
      '7102.01': '8000.00',
    });
    const principal = fen(E8.input.principal);
    const extra = fen(E8.expected.extraImpairment);
    const journal = await book.rows(
      `SELECT a.code, j.amount, j.kind, j.voucher FROM journal_line_20260403 j
         JOIN account a USING (account_id) JOIN loan l USING (bucket, loan_id)
       WHERE l.loan_no = 'BAD' ORDER BY j.voucher, j.line`,
    );
    const lines = journal.map(({ code, amount, kind }) => [kind, code, amount]);
    expect(lines).toEqual([
      [13, '1304.01', principal],
      [13, '1303.01', -principal],
      [13, '7102.01', principal],
      [13, '7102.99', -principal],
      [98, '6702.01', extra],
      [98, '1304.01', -extra],
    ]);
    const day = parseDay('2026-04-03')!;
    const why = await explainVoucher(book.client, day, journal.at(-1)!.voucher as number, 1);
    expect(why).toMatchObject({
      movement: 'write_off_loss',
      loanNo: 'BAD',
      because: 'write_off W1, value date 2026-04-03',
    });
    const found = await run();
    expect(found.allowance).toMatchObject({
      opening: 724_568n,
      posted: 127_382n,
      writeOff: -BigInt(principal),
      writeOffLoss: BigInt(extra),
      other: 0n,
      balance: 131_950n,
      movement: 0n,
      required: 131_950n,
    });
    const writtenOff = { opening: 720_000n, writeOff: -720_000n, release: 0n, closing: 0n };
    expect(found.stages[0]).toMatchObject(writtenOff);
  });

  it('E8: a recovery of 500 goes to the allowance, which the next run releases', async () => {
    await event('R1', 'recovery', '2026-04-04', E8.input.recovered);
    await close();
    const balances = await closing();
    expect(balances).toMatchObject({ '1304.01': '-1819.50', '7102.01': '7500.00' });
    const journal = await book.rows(
      `SELECT a.code, j.amount FROM journal_line_20260404 j JOIN account a USING (account_id)
       WHERE j.kind = 14 ORDER BY j.voucher, j.line`,
    );
    const recovered = fen(E8.input.recovered);
    expect(journal).toEqual([
      { code: '1012.02', amount: recovered },
      { code: '1304.01', amount: -recovered },
      { code: '7102.99', amount: recovered },
      { code: '7102.01', amount: -recovered },
    ]);
    const found = await run(true);
    expect(found.allowance).toMatchObject({
      recovery: BigInt(recovered),
      movement: -BigInt(recovered),
    });
  });

  it('rounds once a segment where the parameters say so: 2 x 0.0045 is 0.01', async () => {
    const later = PARAMETERS.replace('2026-01-01', '2026-04-04\nrounding: segment');
    await applyImpairment(book.client, later, 't');
    const { segments } = await run(true);
    expect(segments.find(({ product }) => product === 'S')).toMatchObject({ required: 1n });
  });

  it('puts a loan that does not accrue into stage 3', async () => {
    await book.asOwner(`UPDATE position_20260404 SET accruing = false WHERE principal = 1000000`);
    const { segments } = await run(true);
    await book.asOwner(`UPDATE position_20260404 SET accruing = true WHERE principal = 1000000`);
    // Its interest is off the balance sheet: 10000.00 x 75%.
    const found = segments.find(({ product }) => product === 'IO');
    expect(found).toMatchObject({ stage: 3, ead: 1_000_000n, required: 750_000n });
  });

  it('leaves days that tie', async () => {
    const { checks } = await checkDay(book.client, []);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(await book.rows('SELECT as_of FROM impairment_run ORDER BY 1')).toHaveLength(3);
  });
});

it.each([
  ['lacks a stage', "  - {stage: 3, pd: '1', lgd: '0.75'}\n", ''],
  ['names one twice', "stage: 3, pd: '1'", "stage: 2, pd: '1'"],
  ['a PD above 1', "pd: '0.01'", "pd: '1.01'"],
  ['stages that do not rise', 'stage_3_after: 90', 'stage_3_after: 0'],
])('a document that is wrong is refused: %s', async (_name, from, to) => {
  const text = PARAMETERS.replace(from, to);
  expect(text).not.toBe(PARAMETERS);
  await expect(applyImpairment(book.client, text, 't')).rejects.toMatchObject({
    code: 'invalid_document',
  });
});
