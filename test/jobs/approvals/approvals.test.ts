import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StatementBook, statementBook } from '../reconcile/statement-book.js';
import { lineUp } from './line-up.js';

const CHANNEL = [
  'code: WX',
  'kind: channel',
  'order_prefix: WX',
  'columns: {order_no: order, amount: amount, value_date: date}',
];
const ALL = 'voucher statement_replace break_resolve ledger product policy period_reopen'.split(
  ' ',
);
const POLICY = [
  'effective_from: 2026-03-31',
  `approvals: {${ALL.map((act) => `${act}: two_persons`).join(', ')}}`,
];

let book: StatementBook;
beforeAll(async () => {
  book = await statementBook('2026-03-30', ['Y1']);
  await done('channel', 'apply', book.write('wx.yaml', ...CHANNEL));
  await book.events('WX1,Y1,repayment,2026-03-30,5.00,');
  await book.close('2026-03-30');
  const file = book.write(
    'wx.csv',
    'order,amount,date',
    'WX1,5.00,2026-03-30',
    'WX2,7.00,2026-03-30',
  );
  await ended(3, 'reconcile', 'channel', file, '--by', 'wang');
  await done('policy', 'apply', book.write('policy.yaml', ...POLICY));
});
afterAll(() => book.drop());

async function ended(code: number, ...words: readonly string[]): Promise<Record<string, unknown>> {
  const { exitCode, stderr, said } = await book.run(...words);
  expect({ words, exitCode, stderr: code === 0 ? stderr : '' }).toEqual({
    words,
    exitCode: code,
    stderr: '',
  });
  return (said ?? {}) as Record<string, unknown>;
}
const done = (...words: readonly string[]) => ended(0, ...words);

async function refused(...words: readonly string[]): Promise<Record<string, unknown>> {
  const { exitCode, stderr, said } = await book.run(...words);
  expect({ words, exitCode, said }).toEqual({ words, exitCode: 2, said: undefined });
  const { error } = JSON.parse(stderr) as { error: { code: string; evidence: object } };
  return { ...error.evidence, code: error.code };
}

const asked = async (...words: readonly string[]): Promise<string> => {
  const said = await done(...words);
  const [one] = (said.products as Record<string, unknown>[] | undefined) ?? [said];
  expect(one).toMatchObject({ status: 'pending', outcome: 'pending' });
  return String(one!.approval);
};
const rows = (sql: string) => book.ask(async (client) => (await client.query(sql)).rows);
const product = (version: number, name = 'New') =>
  book.write(
    `product-${version}-${name}.yaml`,
    ...['code: NEW', `name: ${name}`, `version: ${version}`, 'effective_from: 2026-04-01'],
  );

describe('a product', () => {
  it('waits under a number, and is not in the book', async () => {
    const number = await asked('product', 'apply', product(1), '--by', 'wang');
    expect(await asked('product', 'apply', product(1), '--by', 'WANG')).toBe(number);
    expect(await rows(`SELECT FROM product_version WHERE code = 'NEW'`)).toEqual([]);
    const { approvals } = await done('approve', 'list');
    expect(approvals).toMatchObject([
      {
        number: Number(number),
        act: 'product',
        subject: 'NEW 1',
        maker: 'wang',
        status: 'pending',
      },
    ]);
    const { payload } = await done('approve', 'show', number);
    expect(payload).toMatchObject({ text: expect.stringContaining('code: NEW') });
  });

  it('is not asked for otherwise meanwhile, nor twice', async () => {
    expect(await refused('product', 'apply', product(1, 'Other'), '--by', 'li')).toMatchObject({
      code: 'approval_waits',
      maker: 'wang',
    });
  });

  it('is granted by another person only, once', async () => {
    const [{ number }] = await waiting();
    expect(await refused('approve', 'grant', number, '--by', 'ＷＡＮＧ')).toMatchObject({
      code: 'same_person',
    });
    expect(await done('approve', 'grant', number, '--by', 'li')).toMatchObject({
      outcome: 'applied',
      maker: 'wang',
      grantedBy: 'li',
    });
    expect(await rows(`SELECT name FROM product_version WHERE code = 'NEW'`)).toEqual([
      { name: 'New' },
    ]);
    expect(await done('approve', 'grant', number, '--by', 'li')).toMatchObject({
      outcome: 'unchanged',
    });
    expect(await refused('approve', 'grant', number, '--by', 'sun')).toMatchObject({
      code: 'approval_decided',
      by: 'li',
    });
    expect(
      await refused('approve', 'refuse', number, '--reason', 'no', '--by', 'sun'),
    ).toMatchObject({ code: 'approval_decided' });
  });

  it('that is wrong is refused when it is asked for', async () => {
    const wrong = book.write('wrong.yaml', 'code: NEW', 'version: 1', 'effective_from: 2027-01-01');
    expect(await refused('product', 'apply', wrong, '--by', 'wang')).toMatchObject({
      code: 'product_version_exists',
    });
  });

  it('that was asked against other versions is refused with evidence', async () => {
    const second = await asked('product', 'apply', product(2), '--by', 'wang');
    const third = await asked('product', 'apply', product(3), '--by', 'wang');
    await done('approve', 'grant', third, '--by', 'li');
    expect(await refused('approve', 'grant', second, '--by', 'li')).toMatchObject({
      code: 'approval_outdated',
      askedAgainst: expect.stringMatching(/^1 [0-9a-f]{12}$/),
      now: expect.stringMatching(/^1 [0-9a-f]{12}, 3 [0-9a-f]{12}$/),
    });
    await done('approve', 'refuse', second, '--reason', 'outdated', '--by', 'li');
  });

  it('granted by two at once is applied once', async () => {
    const number = await asked('product', 'apply', product(4), '--by', 'wang');
    const lock = `SELECT FROM approval WHERE approval_id = ${number} FOR UPDATE`;
    const both = await lineUp(book.target, { lock, runners: 2 }, () =>
      Promise.all(['li', 'sun'].map((by) => book.run('approve', 'grant', number, '--by', by))),
    );
    expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 2]);
    expect(both.map(({ stderr }) => stderr).join('')).toContain('approval_decided');
    const versions = `SELECT count(*) AS n FROM product_version WHERE code = 'NEW' AND version = 4`;
    expect(await rows(versions)).toEqual([{ n: 1 }]);
    const grants = `SELECT count(*) AS n FROM audit WHERE action = 'approval grant'
      AND subject = '${number}'`;
    expect(await rows(grants)).toEqual([{ n: 1 }]);
  });
});

const waiting = async () =>
  (await rows(`SELECT approval_id::text AS number FROM approval WHERE status = 'pending'
    ORDER BY approval_id`)) as [{ number: string }];

it.each(['ledger', 'policy'])(
  'a %s waits, may be refused, and is applied by its grant',
  async (what) => {
    const text =
      what === 'policy'
        ? [POLICY[0]!.replace('03-31', '05-01'), POLICY[1]!]
        : await ledgerOf('2026-05-01');
    const file = book.write(`${what}.yaml`, ...text);
    const table = `SELECT count(*) AS n FROM ${what}_version WHERE effective_from = '2026-05-01'`;
    const number = await asked(what, 'apply', file, '--by', 'wang');
    expect(await refused('approve', 'refuse', number, '--reason', ' ', '--by', 'li')).toMatchObject(
      {
        code: 'reason_missing',
      },
    );
    await done('approve', 'refuse', number, '--reason', 'not now', '--by', 'li');
    expect(await rows(table)).toEqual([{ n: 0 }]);
    const again = await asked(what, 'apply', file, '--by', 'wang');
    expect(again).not.toBe(number);
    await done('approve', 'grant', again, '--by', 'li');
    expect(await rows(table)).toEqual([{ n: 1 }]);
  },
);

async function ledgerOf(day: string): Promise<string[]> {
  const { readFileSync } = await import('node:fs');
  return readFileSync('config/ledger.yaml', 'utf8').replace('2000-01-01', day).split('\n');
}

it('a break waits, and its grant posts what follows under both names', async () => {
  const [{ id }] = (await rows(`SELECT break_id::text AS id FROM recon_break
    WHERE type = 'missing_ours'`)) as [{ id: string }];
  const how = ['--as', 'refunded', '--reason', 'sent back', '--by', 'wang'];
  expect(await refused('breaks', 'resolve', id, ...how, '--checker', 'li')).toMatchObject({
    code: 'second_person_grants',
  });
  const number = await asked('breaks', 'resolve', id, ...how);
  expect(await rows(`SELECT state FROM recon_break WHERE break_id = ${id}`)).toEqual([
    { state: 'open' },
  ]);
  await done('approve', 'grant', number, '--by', 'li');
  expect(
    await rows(`SELECT b.state, e.maker, e.checker FROM recon_break b, entry e
    WHERE b.break_id = ${id} AND e.reference = 'break/${id}'`),
  ).toEqual([{ state: 'resolved', maker: 'wang', checker: 'li' }]);
});

it('a statement that replaces a posted one waits, and the same file must come again', async () => {
  await book.events('WX8,Y1,repayment,2026-03-31,2.00,');
  await book.close('2026-03-31');
  const head = 'order,amount,date';
  const first = book.write('wx-31.csv', head, 'WX8,2.00,2026-03-31');
  await book.run('reconcile', 'channel', first, '--by', 'wang');
  const lines = [head, 'WX8,2.00,2026-03-31', 'WX9,3.00,2026-03-31'];
  const second = book.write('wx-31-new.csv', ...lines);
  const number = await asked('reconcile', 'channel', second, '--by', 'wang');
  expect(await rows(`SELECT FROM statement WHERE revision = 2`)).toEqual([]);
  book.write('wx-31-new.csv', ...lines, 'WX10,4.00,2026-03-31');
  expect(await refused('approve', 'grant', number, '--by', 'li')).toMatchObject({
    code: 'approval_outdated',
  });
  book.write('wx-31-new.csv', ...lines);
  expect(await done('approve', 'grant', number, '--by', 'li')).toMatchObject({
    outcome: 'replaced',
  });
  expect(await rows(`SELECT state, maker, release_by FROM statement WHERE revision = 2`)).toEqual([
    { state: 'posted', maker: 'wang', release_by: 'li' },
  ]);
});

it('a period waits to be opened again', async () => {
  await done(
    '--quiet',
    'gl',
    'period',
    'close',
    '2026-03',
    '--by',
    'wang',
    '--accept-unproven',
    'a test',
  );
  const reopen = ['gl', 'period', 'reopen', '2026-03', '--reason', 'late', '--by', 'wang'];
  const number = await asked(...reopen);
  const status = `SELECT action, made_by FROM period_event ORDER BY period_event_id DESC LIMIT 1`;
  expect(await rows(status)).toEqual([{ action: 'close', made_by: 'wang' }]);
  await done('approve', 'grant', number, '--by', 'li');
  expect(await rows(status)).toEqual([{ action: 'reopen', made_by: 'wang' }]);
});

it('a voucher is decided here as by its own commands, and either way it is seen in both', async () => {
  const voucher = (no: string) => [
    `${no},2026-04-01,1012.01,1.50,,fee`,
    `${no},2026-04-01,1012.02,,1.50,`,
  ];
  const file = book.write(
    'vouchers.csv',
    'voucher_no,date,account,debit,credit,memo',
    ...['V1', 'V2', 'V3', 'V4'].flatMap(voucher),
  );
  await done('gl', 'voucher', 'import', file, '--by', 'wang');
  const numbers = await waiting();
  expect(numbers).toHaveLength(4);
  const [one, two] = numbers.map(({ number }) => number) as [string, string];
  const ids = await rows('SELECT voucher_id::text AS id FROM manual_voucher ORDER BY voucher_id');
  const [, , third, fourth] = ids.map(({ id }) => id) as string[];
  await done('approve', 'grant', one, '--by', 'li');
  await done('approve', 'refuse', two, '--reason', 'twice', '--by', 'li');
  await done('gl', 'voucher', 'approve', third!, '--by', 'li');
  await done('gl', 'voucher', 'reject', fourth!, '--reason', 'twice', '--by', 'li');
  expect(await waiting()).toEqual([]);
  const decided = `SELECT a.status, d.decision, a.checker = d.made_by AND a.reason = d.reason AS same
    FROM approval a JOIN voucher_decision d ON a.act = 'voucher' AND a.subject = d.voucher_id::text
    ORDER BY a.approval_id`;
  expect(await rows(decided)).toEqual([
    { status: 'granted', decision: 'approved', same: true },
    { status: 'refused', decision: 'rejected', same: true },
    { status: 'granted', decision: 'approved', same: true },
    { status: 'refused', decision: 'rejected', same: true },
  ]);
});

it('the audit of all of it is whole', async () => {
  expect(await done('audit', 'verify')).toMatchObject({ ok: true, firstBroken: null });
});
