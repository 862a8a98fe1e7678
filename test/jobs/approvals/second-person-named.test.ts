import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StatementBook, statementBook } from '../reconcile/statement-book.js';

const CHANNEL = [
  'code: WX',
  'kind: channel',
  'order_prefix: WX',
  'columns: {order_no: order, amount: amount, value_date: date}',
];
const DAY = '2026-03-30';
const HEAD = 'order,amount,date';

/** With shared logins the maker names the second person in the same command, as before. */
let book: StatementBook;
beforeAll(async () => {
  book = await statementBook(DAY, ['Y1']);
  await book.run('channel', 'apply', book.write('wx.yaml', ...CHANNEL));
  await book.events(`WX1,Y1,repayment,${DAY},5.00,`);
  await book.close(DAY);
});
afterAll(() => book.drop());

const statement = (name: string, ...orders: readonly string[]) =>
  book.write(name, HEAD, ...orders.map((order) => `${order},${DAY}`));
const take = (file: string, by: string, ...more: readonly string[]) =>
  book.run('reconcile', 'channel', file, '--by', by, ...more);
const approvals = async () => {
  const { said } = await book.run('approve', 'list', '--all');
  return (said as { approvals: object[] }).approvals;
};
const codeOf = async (ran: ReturnType<StatementBook['run']>) =>
  (JSON.parse((await ran).stderr) as { error: { code: string } }).error.code;

describe('while no person is registered', () => {
  it('a second person is another name, not another way to write it', async () => {
    await take(statement('one.csv', 'WX1,5.00', 'WX2,7.00'), 'wang');
    const other = statement('two.csv', 'WX1,5.00', 'WX2,7.00', 'WX3,8.00');
    const release = (by: string) => take(other, 'wang', '--release', '--release-by', by);
    expect(await codeOf(release('ＷＡＮＧ'))).toBe('statement_in_force');
    expect(await release('li')).toMatchObject({ said: { outcome: 'replaced' } });
    expect(await approvals()).toMatchObject([
      {
        act: 'statement_replace',
        subject: `WX/${DAY}`,
        status: 'granted',
        maker: 'wang',
        checker: 'li',
      },
    ]);
  });
});

describe('once persons are', () => {
  beforeAll(async () => {
    await book.run('person', 'add', 'Zhao', '--by', 'Zhao');
    await book.run('person', 'add', 'Wang', '--role', 'operator', '--by', 'Zhao');
    await book.run('person', 'add', 'Li', '--role', 'finance', '--by', 'Zhao');
  });

  it.each([
    ['nobody', 'person_unknown'],
    ['zhao', 'role_missing'],
    ['ｗａｎｇ', 'checker_missing'],
  ])('%s does not check a write-off: %s', async (checker, code) => {
    expect(await codeOf(writeOff('wang', checker))).toBe(code);
    expect(await open()).toBe(2);
  });

  it('who may check is seen with what was checked', async () => {
    expect(await writeOff('wang', 'li')).toMatchObject({ exitCode: 0 });
    expect(await open()).toBe(1);
    const all = await approvals();
    expect(all.at(-1)).toMatchObject({
      act: 'break_resolve',
      status: 'granted',
      maker: 'Wang',
      checker: 'Li',
    });
  });

  it('a close is kept under who closed', async () => {
    await book.run('person', 'add', '陈 晨', '--role', 'operator', '--by', 'Zhao');
    expect(await book.run('eod', 'run', '--by', '陈　晨', '--quiet')).toMatchObject({
      exitCode: 0,
    });
    const { said } = await book.run('audit', 'show', '--action', 'eod seal', '--limit', '1');
    expect(said).toMatchObject({
      rows: [
        {
          person: '陈 晨',
          subject: '2026-03-31',
          after: { chainHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        },
      ],
    });
  });

  const first = async () => {
    const { said } = await book.run('breaks', 'list');
    return (said as { id: number }[]).map(({ id }) => String(id));
  };
  const open = async () => (await first()).length;
  async function writeOff(by: string, checker: string) {
    const [id = ''] = await first();
    const how = ['--as', 'written_off', '--reason', 'small', '--by', by, '--checker', checker];
    return book.run('breaks', 'resolve', id, ...how);
  }
});
