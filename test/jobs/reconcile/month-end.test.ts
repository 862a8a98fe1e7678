import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StatementBook, statementBook } from './statement-book.js';

/** The end of February, with 100.00 of WX that no statement has yet. */
let book: StatementBook;
const apply = (prefix: string) => {
  const columns = 'columns: {order_no: order, amount: amount, value_date: date}';
  const file = book.write('wx.yaml', 'code: WX', `order_prefix: ${prefix}`, columns);
  return book.run('channel', 'apply', file);
};
const close = (...args: readonly string[]) =>
  book.run('gl', 'period', 'close', '2026-02', '--by', 'Li Na', ...args);
const february = async () => {
  const { said } = await book.run('gl', 'period', 'list');
  return (said as { periods: unknown[] }).periods[0];
};

beforeAll(async () => {
  book = await statementBook('2026-02-27', ['Y1']);
  await book.events('WX1,Y1,repayment,2026-02-27,100.00,');
  await book.close('2026-02-28');
});
afterAll(() => book?.drop());

const NOT_PROVEN = '1012.02 differs by 100.00 (balance 100.00, expected 0.00)';

describe('a month with clearing', () => {
  it('closes as before where no channel is declared', async () => {
    expect(await close()).toMatchObject({ exitCode: 0, said: { outcome: 'closed', unproven: [] } });
    expect(await february()).toMatchObject({ status: 'closed', reason: null, unproven: null });
    await book.run('gl', 'period', 'reopen', '2026-02', '--reason', 'again', '--by', 'Li Na');
  });

  it('stays open while an account is not proven, which is named', async () => {
    // No channel owes WX1: its prefix is another one.
    await apply('ZZ');
    const { exitCode, stderr, said } = await close();
    expect([exitCode, said]).toEqual([3, undefined]);
    expect(JSON.parse(stderr)).toMatchObject({
      error: {
        code: 'clearing_not_proven',
        evidence: { period: '2026-02', clearing: NOT_PROVEN },
        next: expect.stringContaining('reconcile clearing --as-of 2026-02-28'),
      },
    });
    expect(await february()).toMatchObject({ status: 'open' });
  });

  it('needs a reason in words', async () => {
    const { exitCode, stderr } = await close('--accept-unproven', ' ');
    expect([exitCode, JSON.parse(stderr).error.code]).toEqual([2, 'acceptance_without_reason']);
  });

  it('closes with one, and keeps it beside what was not proven', async () => {
    const reason = 'the statement follows on 2 March';
    const { exitCode, said } = await close('--accept-unproven', reason);
    expect([exitCode, said]).toMatchObject([0, { outcome: 'closed', unproven: [NOT_PROVEN] }]);
    expect(await february()).toMatchObject({ status: 'closed', reason, unproven: NOT_PROVEN });
    const { stdout } = await book.print('gl', 'period', 'list');
    expect(stdout).toContain(NOT_PROVEN);
    expect(stdout).toContain(reason);
    const { rows } = await book.ask((client) =>
      client.query('SELECT reason FROM audit ORDER BY audit_id DESC LIMIT 1'),
    );
    expect(rows).toEqual([{ reason: `closed by Li Na; not proven: ${NOT_PROVEN}: ${reason}` }]);
    await book.run('gl', 'period', 'reopen', '2026-02', '--reason', 'again', '--by', 'Li Na');
  });

  it('closes without one where all is proven, and keeps none', async () => {
    await apply('WX');
    const { said } = await close('--accept-unproven', 'nothing to accept');
    expect(said).toMatchObject({ outcome: 'closed', unproven: [] });
    expect(await february()).toMatchObject({ status: 'closed', reason: null, unproven: null });
  });
});
