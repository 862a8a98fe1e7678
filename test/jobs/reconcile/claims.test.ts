import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedDocument } from '../../../src/jobs/book/stored-document.js';
import { overlapOf } from '../../../src/jobs/reconcile/clearing/claims.js';
import { parseChannelDocument } from '../../../src/jobs/reconcile/documents/channel-document.js';
import { PACKAGED_DOCUMENT } from '../../histories/packaged-ledger.js';
import { type StatementBook, statementBook } from './statement-book.js';

const COLUMNS = 'columns: {order_no: order, amount: amount, value_date: date}';
const document = (code: string, ...keys: readonly string[]) =>
  [`code: ${code}`, ...keys, COLUMNS].join('\n');
const parsed = (code: string, ...keys: readonly string[]) =>
  parseChannelDocument(document(code, ...keys), code, PACKAGED_DOCUMENT.roles);

describe('two channels', () => {
  const pays = 'direction: payments';
  const prefix = (of: string) => `order_prefix: ${of}`;
  it.each([
    ['one takes all', [], [prefix('WX')], 'order_prefix'],
    ['one begins the other', [prefix('W')], [prefix('WX')], 'order_prefix'],
    ['both the same', [prefix('WX')], [prefix('WX')], 'order_prefix'],
    ['payments that take all', [pays], [pays, prefix('L')], 'order_prefix'],
    [
      'refunds that are orders of the other',
      [prefix('WX'), 'refund_prefix: RF'],
      [prefix('RF0')],
      'order_prefix',
    ],
    ['prefixes that part', [prefix('WX')], [prefix('WA')], undefined],
    ['in both directions', [], [pays], undefined],
    ['a bank', [], ['kind: bank'], undefined],
    [
      'one reference at the bank',
      [prefix('A'), 'settlement_ref: "N{date}"'],
      [prefix('B'), 'settlement_ref: "N{date}"'],
      'settlement_ref',
    ],
    [
      'the default reference of the other',
      [prefix('A')],
      [prefix('B'), 'settlement_ref: "ONE{date}"'],
      'settlement_ref',
    ],
    [
      'one reference at two banks',
      [prefix('A'), 'settlement_ref: "N{date}"'],
      [prefix('B'), 'settlement_ref: "N{date}"', 'accounts: {bank: "1002.02"}'],
      undefined,
    ],
  ])('%s', (_, one, other, key) => {
    const [a, b] = [parsed('ONE', ...one), parsed('TWO', ...other)];
    expect(overlapOf(a, b)?.key).toBe(key);
    expect(overlapOf(b, a)?.key).toBe(key);
  });

  it('of one code are versions', () => {
    expect(overlapOf(parsed('ONE'), parsed('ONE', prefix('WX')))).toBeUndefined();
  });
});

describe('channel apply', () => {
  let book: StatementBook;
  const apply = (code: string, ...keys: readonly string[]) =>
    book.run('channel', 'apply', book.write(`${code}.yaml`, document(code, ...keys)));
  beforeAll(async () => {
    book = await statementBook('2026-02-15', ['Y1', 'Y2']);
  });
  afterAll(() => book?.drop());

  it('refuses a second owner of an order, naming both', async () => {
    expect((await apply('WX', 'order_prefix: WX')).said).toMatchObject({ outcome: 'applied' });
    const { exitCode, stderr, said } = await apply('ALL');
    expect([exitCode, said]).toEqual([2, undefined]);
    expect(JSON.parse(stderr)).toMatchObject({
      error: {
        code: 'channels_overlap',
        evidence: {
          path: 'order_prefix',
          channel: 'ALL',
          claims: 'all orders',
          other: 'WX',
          otherClaims: 'orders WX...',
        },
      },
    });
    const { rows } = await book.ask((client) => client.query('SELECT code FROM channel_version'));
    expect(rows).toEqual([{ code: 'WX' }]);
  });

  it('takes one that stands apart, and a new version of its own', async () => {
    const taken = [
      await apply('ALL', 'order_prefix: CARD'),
      await apply('WX', 'order_prefix: WX', 'tolerance: 1'),
      await apply('WX', 'order_prefix: W'),
      await apply('WX', 'order_prefix: WX'),
    ];
    expect(taken.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect((await apply('WX', 'order_prefix: C')).exitCode).toBe(2);
  });

  it('lets a book go on in which two overlap already, and says so', async () => {
    // As a version before could leave it.
    const { document, sha256 } = storedDocument(parsed('ALL'));
    await book.ask((client) =>
      client.query(
        `INSERT INTO channel_version (code, kind, document, sha256) VALUES ('ALL', 'channel', $1, $2)`,
        [document, sha256],
      ),
    );
    const both = 'ALL (all orders) and WX (orders WX...)';
    await book.events(
      'WX1,Y1,repayment,2026-02-15,100.00,',
      'CARD1,Y2,repayment,2026-02-15,20.00,',
    );
    await book.close('2026-02-15');
    const file = book.write('wx.csv', 'order,amount,date', 'WX1,100.00,2026-02-15');
    const { stderr } = await book.print('reconcile', 'channel', file, '--channel', 'WX');
    expect(stderr).toContain(both);
    const { said } = await book.run('reconcile', 'channel', file, '--channel', 'WX');
    expect(said).toMatchObject({ matched: 1, overlaps: [both] });
    const { said: proof, exitCode } = await book.run('reconcile', 'clearing');
    // WX1 is what WX has a statement of and ALL has not: counted twice.
    expect(proof).toMatchObject({ overlaps: [both], accounts: [{ difference: '-100.00' }] });
    expect(exitCode).toBe(3);
  });

  it('takes a version that leaves such an overlap as it is, and one that ends it', async () => {
    const kept = await apply('ALL', 'tolerance: 2');
    expect(kept).toMatchObject({
      exitCode: 0,
      said: { outcome: 'applied', overlaps: ['ALL (all orders) and WX (orders WX...)'] },
    });
    expect((await apply('ALL', 'order_prefix: W')).exitCode).toBe(2);
    const ended = await apply('ALL', 'order_prefix: CARD');
    expect(ended.said).toMatchObject({ outcome: 'applied', overlaps: [] });
    const { said } = await book.run('reconcile', 'clearing');
    expect(said).toMatchObject({ ok: true, overlaps: [] });
  });
});
