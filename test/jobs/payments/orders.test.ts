import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../src/db/connect.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { paymentChannel } from '../../../src/jobs/payments/deduction-channel.js';
import { takeResult } from '../../../src/jobs/payments/take-result.js';
import { JOB_LOCKS } from '../../../src/jobs/runs/lock-order.js';
import { NAMES, type PaymentBook, paymentBook, resultFile } from './payment-book.js';

const ACCOUNTS = ['6225880000000101', '6212260000000102', '6225880000000103', '6225880000000104'];
let book: PaymentBook;
const everything: string[] = [];
beforeAll(async () => {
  const borrowers = ACCOUNTS.map((account, at) => ({
    ...{ loanNo: `L${at + 1}`, amount: `${at + 1}00.00` },
    accounts: at === 3 ? [] : [account],
  }));
  const codes = { 51: 'insufficient' };
  const banks = { CMB: { single: '60.00', prefixes: ['622588'] } };
  book = await paymentBook(borrowers, { codes, banks, max_attempts: 5 });
  // A payment of the customer is registered: its loan is not asked.
  const head = 'ref,loan_no,type,value_date,amount';
  const file = book.file('transfer.csv', head, 'T1,L2,repayment,2026-03-05,50.00');
  await importEvents(book.client, { file });
}, 120_000);
afterAll(() => book.remove());

async function run(...words: readonly string[]) {
  const { exitCode, stdout, stderr } = await book.line([...words, '--json']);
  everything.push(stdout, stderr);
  const said = stdout === '' ? undefined : (JSON.parse(stdout) as Record<string, unknown>);
  return { exitCode, said, stderr };
}
const batch = (...more: readonly string[]) =>
  run('payment', 'batch', '--channel', 'CP', '--out', book.folder, ...more);
const result = (name: string, lines: Parameters<typeof resultFile>[2], ...more: string[]) =>
  run('payment', 'result', resultFile(book, name, lines), ...more);
const states = () =>
  book.rows(`SELECT order_no AS no, state, class FROM payment_order ORDER BY batch_id, line`);

describe('orders of a book', () => {
  it('are tried without a trace', async () => {
    const { said } = await batch('--dry-run');
    expect(said).toMatchObject({ orders: 7, amount: '400.00', files: [] });
    expect(await states()).toEqual([]);
  });

  it('are asked on accounts of the customers, in parts of their bank', async () => {
    const { said } = await batch('--date', '2026-03-05');
    // L1 60 + 40, L3 5 x 60; L2 has a payment registered, L4 no account.
    expect(said).toMatchObject({
      ...{ orders: 7, amount: '400.00', skipped: ['held 1', 'no_card 1'] },
      skippedLoans: expect.arrayContaining(['L2 held', 'L4 no_card']),
    });
    const text = book.read('CP-20260305-1.csv');
    expect(text.split('\n').slice(0, 3)).toEqual([
      'order_no,account,name,amount',
      `CP-L1-1-1-1,${ACCOUNTS[0]},${NAMES[0]},60.00`,
      `CP-L1-1-1-2,${ACCOUNTS[0]},${NAMES[0]},40.00`,
    ]);
    expect(book.read('CP-20260305-1.csv.ok')).toBe('7,400.00\n');
  });

  it('give the same bytes when they are written again, and no order', async () => {
    const before = book.read('CP-20260305-1.csv');
    rmSync(`${book.folder}/CP-20260305-1.csv`);
    expect(await batch('--again', '1')).toMatchObject({ exitCode: 0 });
    expect(book.read('CP-20260305-1.csv')).toBe(before);
    expect(await batch('--again', '9')).toMatchObject({ exitCode: 2 });
    expect(await batch()).toMatchObject({ said: { orders: 0, files: [] } });
  });

  it('are refused on another day than the open one', async () => {
    const { exitCode, stderr } = await batch('--date', '2026-03-04');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('2026-03-05');
  });

  it.each<[string, number, string, Parameters<typeof resultFile>[2], object]>([
    [
      'another total',
      1,
      '1.00',
      [{ order_no: 'CP-L1-1-1-1', word: 'S', amount: '60.00' }],
      { total: '1.00' },
    ],
    [
      'another count',
      1,
      '9',
      [{ order_no: 'CP-L1-1-1-1', word: 'S', amount: '60.00' }],
      { count: 9 },
    ],
    ['an unknown word', 1, 'OK', [{ order_no: 'CP-L1-1-1-1', word: 'OK', amount: '60.00' }], {}],
    [
      'a bad amount',
      1,
      'amount',
      [{ order_no: 'CP-L1-1-1-1', word: 'S', amount: '6.001' }],
      { total: '6.00' },
    ],
    [
      'a bad date',
      1,
      'date',
      [{ order_no: 'CP-L1-1-1-1', word: 'S', amount: '60.00', channel_date: '2026-02-30' }],
      {},
    ],
    // The second line is good: nothing of the first may stay.
    [
      'a date before the loan',
      1,
      'value_date',
      [
        { order_no: 'CP-L1-1-1-1', word: 'S', amount: '60.00' },
        { order_no: 'CP-L1-1-1-2', word: 'S', amount: '40.00', channel_date: '2020-01-01' },
      ],
      {},
    ],
  ])('stay as they are where a result has %s', async (name, code, names, lines, said) => {
    const before = await states();
    const file = resultFile(book, `${name}.csv`, lines, said);
    const { exitCode, stderr } = await run('payment', 'result', file);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(names);
    expect(await states()).toEqual(before);
    expect(await book.rows('SELECT FROM payment_answer')).toEqual([]);
    expect(await book.rows(`SELECT FROM event WHERE ref LIKE 'CP-%'`)).toEqual([]);
  });

  it('stay as they are where a result changes while another job is waited for', async () => {
    const before = await states();
    const lines = [{ order_no: 'CP-L1-1-1-1', word: 'F', amount: '60.00', code: '51' }];
    const file = resultFile(book, 'changing.csv', lines);
    const text = readFileSync(file, 'utf8');
    const channel = await paymentChannel(book.client, 'CP');
    await withClient(book.database.target, {}, async (other) => {
      await other.query('SELECT pg_advisory_lock($1)', [JOB_LOCKS.import]);
      let isChanged = false;
      const onWait = () => {
        writeFileSync(file, text.replace(',F,', ',S,'));
        isChanged = true;
        void other.query('SELECT pg_advisory_unlock($1)', [JOB_LOCKS.import]);
      };
      const taken = takeResult(book.client, channel, {
        ...{ file, by: 'Li', waits: { waitMs: 30_000, onWait } },
      });
      await expect(taken).rejects.toMatchObject({ code: 'file_changed', exitCode: 75 });
      expect(isChanged).toBe(true);
    });
    expect(await states()).toEqual(before);
    expect(await book.rows(`SELECT FROM event WHERE ref LIKE 'CP-%'`)).toEqual([]);
  });

  it('wait for the control file of a result', async () => {
    const file = resultFile(book, 'early.csv', []);
    rmSync(`${file}.ok`);
    expect(await run('payment', 'result', file)).toMatchObject({ exitCode: 75 });
    // And where neither has come.
    rmSync(file);
    expect(await run('payment', 'result', file)).toMatchObject({ exitCode: 75 });
  });

  it('succeed, fail and come back', async () => {
    const lines = [
      { order_no: 'CP-L1-1-1-1', word: 'S', amount: '60.00' },
      { order_no: 'CP-L1-1-1-2', word: 'F', amount: '0.00', code: '51' },
      { order_no: 'CP-L3-1-1-1', word: 'S', amount: '61.00' },
      { order_no: `CP-${ACCOUNTS[2]}-1-1-1`, word: 'S', amount: '1.00' },
    ];
    const taken = await result('first.csv', lines);
    expect(taken).toMatchObject({
      exitCode: 3,
      said: {
        ...{ lines: 4, taken: 3, posted: 1, amount: '60.00' },
        breaks: ['line 4 amount', 'line 5 missing_ours'],
      },
    });
    expect(await result('first-again.csv', lines)).toMatchObject({
      exitCode: 0,
      said: { taken: 0, outcome: 'unchanged' },
    });
    // What is open of L1 alone: the part that failed.
    expect((await batch()).said).toMatchObject({ orders: 1, amount: '40.00' });
    const back = [{ order_no: 'CP-L1-1-1-1', amount: '60.00', code: '51' }];
    expect(await result('back.csv', back, '--returns')).toMatchObject({
      exitCode: 0,
      said: { taken: 1, posted: 1, amount: '-60.00' },
    });
    const again = [{ order_no: 'CP-L1-1-1-1', amount: '60.00', code: '34' }];
    expect(await result('back-again.csv', again, '--returns')).toMatchObject({
      exitCode: 3,
      said: { taken: 0, breaks: ['line 2 return_without_success'] },
    });
    const events = await book.rows(`SELECT ref FROM event WHERE ref LIKE 'CP-%' ORDER BY event_id`);
    expect(events).toEqual([{ ref: 'CP-L1-1-1-1' }, { ref: 'CP-L1-1-1-1-R' }]);
  });

  it('are released by two persons, and by no one else', async () => {
    const release = (...more: readonly string[]) =>
      run('payment', 'release', 'CP-L3-1-1-1', '--reason', 'not found', '--by', 'Li Na', ...more);
    expect(await release('--checker', 'li na')).toMatchObject({ exitCode: 2 });
    expect((await release()).said).toMatchObject({ status: 'pending' });
    const grant = await run('approve', 'grant', '1', '--by', 'Wang Wei');
    expect(grant).toMatchObject({ exitCode: 0, said: { outcome: 'released' } });
    expect(await release('--checker', 'Wang Wei')).toMatchObject({ exitCode: 2 });
    const [order] = await book.rows(`SELECT state, class FROM payment_order
      WHERE order_no = 'CP-L3-1-1-1'`);
    expect(order).toEqual({ state: 'failed', class: 'other' });
    const second = await run(
      'payment',
      'release',
      'CP-L3-1-1-2',
      '--reason',
      'not found',
      '--by',
      'Li Na',
      '--checker',
      'Wang Wei',
    );
    expect(second).toMatchObject({ exitCode: 0, said: { outcome: 'released' } });
  });

  it('are shown by state and loan', async () => {
    const inFlight = await run('payment', 'query', '--loan', 'L3');
    expect(inFlight.said).toHaveLength(3);
    const one = await run('payment', 'query', '--order', 'CP-L1-1-1-1');
    expect(one.said).toEqual([
      expect.objectContaining({ state: 'returned', class: 'insufficient', collected: '0.00' }),
    ]);
    const status = await run('payment', 'status');
    expect(status.said).toMatchObject({
      batches: [
        { batch: 2, written: 'yes' },
        { batch: 1, amount: '400.00', written: 'yes' },
      ],
    });
  });

  it('leave no name and no account where others look', async () => {
    const kept = await book.rows<{ text: string }>(
      `SELECT coalesce(string_agg(t::text, ' '), '') AS text FROM (
         SELECT to_jsonb(o) AS t FROM payment_order o UNION ALL SELECT to_jsonb(a) FROM payment_answer a
         UNION ALL SELECT to_jsonb(b) FROM payment_batch b UNION ALL SELECT to_jsonb(f) FROM payment_file f
         UNION ALL SELECT to_jsonb(u) FROM audit u UNION ALL SELECT to_jsonb(p) FROM approval p) AS x`,
    );
    const seen = [...everything, kept[0]!.text].join('\n');
    expect(seen).toContain('CP-L1-1-1-1');
    for (const secret of [...ACCOUNTS, ...NAMES]) expect(seen).not.toContain(secret);
    expect(readFileSync(`${book.folder}/CP-20260305-1.csv`, 'utf8')).toContain(ACCOUNTS[0]);
  });
});
