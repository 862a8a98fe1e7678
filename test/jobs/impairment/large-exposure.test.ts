import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { applyImpairment } from '../../../src/jobs/impairment/impairment-parameters.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { trialBalance } from '../../../src/jobs/ledger/trial-balance.js';
import { packageRoot } from '../../../src/package-root.js';
import { capture } from '../../commands/shell/captured-host.js';
import { type ScratchBook, scratchBook } from '../../support/scratch-book.js';

/** Two loans of 60,000,000,000,000.01, no limit on the principal; all of it is to be provided. */
const PRODUCT = 'repayment: {method: bullet, periods: 12}\neffective_from: 2024-01-01\n';
const FIRST = parseDay('2026-03-31')!;
const ONE = '60000000000000.01';
const BOTH = '120000000000000.02';

const parameters = (from: string, lgd: string) => `
effective_from: ${from}
rounding: segment
parameters: [${[1, 2, 3].map((stage) => `{stage: ${stage}, pd: '1', lgd: '${lgd}'}`).join(', ')}]
`;

let book: ScratchBook;
beforeAll(async () => {
  book = await scratchBook();
  const { client } = book;
  const policyFile = `${packageRoot}/config/policy-uncapped.yaml`;
  const frame = { firstBusinessDate: FIRST, calendar: 'none', policyFile };
  await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
  await applyProduct(client, `code: Z\n${PRODUCT}`, 'Z');
  const header = 'loan_no,product,principal,rate,periods,disbursed_on';
  const loans = ['A1', 'A2'].map((no) => `${no},Z,${ONE},0,12,2026-03-31`);
  await importLoans(client, { file: book.file('loans.csv', header, ...loans) });
  await applyImpairment(client, parameters('2026-01-01', '1'), 'all');
  await close();
});
afterAll(() => book?.remove());

const close = () => closeDays(book.database.target, { workers: 1, tasks: 2 });

async function run(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { host, port, user, password, database } = book.database.target;
  const server = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
  const line = ['impairment', 'run', '--by', 'Li Na', '--json', ...args];
  const ran = await capture(line, { env: { ...server, PGPASSWORD: password } });
  expect(ran.stderr).toBe('');
  return JSON.parse(ran.stdout) as Record<string, unknown>;
}

async function balances(): Promise<Record<string, string>> {
  const { lines } = await trialBalance(book.client);
  return Object.fromEntries(lines.map((line) => [line.account, line.closing]));
}

describe('an allowance that is no safe integer', () => {
  it('is measured, and the same once more', async () => {
    const out = book.file('impairment.json');
    const found = {
      segments: [{ stage: 1, loans: 2, ead: BOTH, required: BOTH }],
      stages: [{ stage: 1, new: BOTH, closing: BOTH }, { stage: 2 }, { stage: 3 }],
      allowance: { balance: '0.00', movement: BOTH, required: BOTH },
    };
    expect(await run('--dry-run')).toMatchObject({ ...found, dryRun: true });
    expect(await run('--out', out)).toMatchObject({ ...found, outcome: 'run', entries: 1 });
    expect(readFileSync(out, 'utf8')).toContain(BOTH);
    const again = await book.rows('SELECT count(*) AS entries FROM entry');
    expect(await run('--as-of', '2026-03-31')).toMatchObject({ ...found, outcome: 'unchanged' });
    expect(await book.rows('SELECT count(*) AS entries FROM entry')).toEqual(again);
  });

  it('is posted by the close', async () => {
    await close();
    expect(await balances()).toMatchObject({ '1304.01': `-${BOTH}`, '6702.01': BOTH });
  });

  it('is taken by write-offs', async () => {
    const rows = ['A1', 'A2'].map((no) => `W,${no},write_off,2026-04-02,`);
    const file = book.file('off.csv', 'ref,loan_no,type,value_date,amount', ...rows);
    await importEvents(book.client, { file });
    await close();
    expect(await run()).toMatchObject({
      stages: [{ opening: BOTH, writeOff: `-${BOTH}`, closing: '0.00' }, {}, {}],
      allowance: {
        posted: BOTH,
        writeOff: `-${BOTH}`,
        balance: '0.00',
        movement: '0.00',
        required: '0.00',
      },
      entries: 0,
    });
  });
});
