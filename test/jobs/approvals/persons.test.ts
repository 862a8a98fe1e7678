import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addPerson, disablePerson } from '../../../src/jobs/approvals/persons.js';
import { OPEN_DAY } from '../../support/import-book.js';
import { lineUp } from './line-up.js';
import { type PeopleBook, peopleBook } from './people-book.js';

let book: PeopleBook;
beforeAll(async () => {
  book = await peopleBook();
});
afterAll(() => book.remove());
afterEach(() =>
  book.asOwner(`DELETE FROM person; UPDATE book SET logins = 'shared';
    DELETE FROM voucher_decision; DELETE FROM manual_voucher_line; DELETE FROM manual_voucher;
    DELETE FROM voucher_file; DELETE FROM approval`),
);

const HEADER = 'voucher_no,date,account,debit,credit,memo';
let files = 0;
function voucherFile(): string {
  files += 1;
  const no = `V${files}`;
  const rows = [`${no},${OPEN_DAY},1012.01,1.50,,fee`, `${no},${OPEN_DAY},1012.02,,1.50,`];
  return book.file(`vouchers-${files}.csv`, HEADER, ...rows);
}

describe('without persons', () => {
  it('any name is taken, and the audit says that none is registered', async () => {
    await book.done(`gl voucher import ${voucherFile()} --by Anybody`);
    const { rows } = await book.done('audit show --limit 1');
    expect(rows).toMatchObject([
      { action: 'voucher import', person: 'Anybody', logins: 'unregistered' },
    ]);
    expect(await book.done('person list')).toEqual({
      logins: 'shared',
      inUse: false,
      persons: [],
      unproven: [],
    });
  });
});

describe('the first person', () => {
  it('becomes an administrator beside the role that was asked for', async () => {
    expect(await book.done('person add "Zhao Min" --role finance --by "Zhao Min"')).toEqual({
      name: 'Zhao Min',
      roles: ['finance', 'administrator'],
      login: null,
      outcome: 'added',
    });
    const { rows } = await book.done('audit show --limit 1');
    expect(rows).toMatchObject([
      {
        action: 'person add',
        subject: 'Zhao Min',
        logins: 'shared',
        before: null,
        after: { roles: ['finance', 'administrator'], login: null, disabled: false },
      },
    ]);
  });

  it('makes persons without a role of who was named before', async () => {
    const file = voucherFile();
    await book.done(`gl voucher import ${file} --by "Li Na"`);
    await book.done('person add Zhao --by Zhao');
    const { persons } = await book.done('person list');
    expect(persons).toMatchObject([
      { name: 'Zhao', roles: ['administrator'], status: 'enabled' },
      { name: 'Li Na', roles: [], status: 'known from before' },
    ]);
    expect(await book.refused(`gl voucher import ${voucherFile()} --by "li na"`)).toMatchObject({
      code: 'role_missing',
      person: 'Li Na',
      needed: 'finance',
    });
    expect(await book.done('person add "LI Na" --role finance --by Zhao')).toMatchObject({
      name: 'LI Na',
      outcome: 'changed',
    });
    await book.done(`gl voucher import ${voucherFile()} --by "ｌｉ　na"`);
    expect(await book.rows('SELECT made_by FROM voucher_file ORDER BY voucher_file_id')).toEqual([
      { made_by: 'Li Na' },
      { made_by: 'LI Na' },
    ]);
  });
});

describe('with persons', () => {
  const people = async () => {
    await book.done('person add Zhao --by Zhao');
    await book.done('person add Wang --role finance --by Zhao');
    await book.done('person add Chen --role operator risk --by Zhao');
  };

  it.each([
    ['gl voucher import @file --by Nobody', 'person_unknown'],
    ['gl voucher import @file --by Chen', 'role_missing'],
    ['gl voucher import @file --by Zhao', 'role_missing'],
    ['gl period reopen 2026-02 --reason why --by Chen', 'role_missing'],
    [`eod run --date ${OPEN_DAY} --by Wang`, 'role_missing'],
    [`eod discard --date ${OPEN_DAY} --reason why --by Wang`, 'role_missing'],
    ['import cancel 1 --reason why --by Wang', 'role_missing'],
    ['import loans @file --by Wang', 'role_missing'],
    ['policy apply config/policy.yaml --by Wang', 'role_missing'],
    ['ledger apply config/ledger.yaml --by Chen', 'role_missing'],
    ['calendar apply config/calendars/cn.yaml --by Wang', 'role_missing'],
    ['impairment apply config/impairment.yaml --by Zhao', 'role_missing'],
    ['impairment run --by Nobody', 'person_unknown'],
    ['breaks assign 1 --to x --by Zhao', 'role_missing'],
    ['breaks resolve 1 --as explained --reason x --by Zhao', 'role_missing'],
    ['person add Li --role finance --by Wang', 'role_missing'],
    ['person disable Wang --by Wang', 'role_missing'],
    ['person disable Nobody --by Zhao', 'person_unknown'],
    ['person disable Zhao --by Zhao', 'last_administrator'],
    ['person add Zhao --role finance --by Zhao', 'last_administrator'],
    ['person add Li --by Zhao', 'no_role'],
    ['person add Li --role king --by Zhao', 'unknown_role'],
    ['person add "\u0007" --role finance --by Zhao', 'person_name_wrong'],
    ['person add Li --role finance --login nobody_at_all --by Zhao', 'login_unknown'],
    ['person logins personal --by Wang', 'role_missing'],
    ['person logins personal --by Zhao', 'by_differs'],
  ])('%s is refused: %s', async (line, code) => {
    await people();
    const file = line.includes('@file') ? voucherFile() : '';
    expect(await book.refused(line.replace('@file', file))).toMatchObject({ code });
  });

  it('a disabled one does nothing, and may be enabled again', async () => {
    await people();
    expect(await book.done('person disable wang --by Zhao')).toMatchObject({ outcome: 'disabled' });
    expect(await book.done('person disable Wang --by Zhao')).toMatchObject({
      outcome: 'unchanged',
    });
    expect(await book.refused(`gl voucher import ${voucherFile()} --by Wang`)).toMatchObject({
      code: 'person_disabled',
      disabledBy: 'Zhao',
    });
    expect(await book.done('person add Wang --role finance --by Zhao')).toMatchObject({
      outcome: 'changed',
    });
    expect(await book.done('person add Wang --role finance --by Zhao')).toMatchObject({
      outcome: 'unchanged',
    });
    await book.done(`gl voucher import ${voucherFile()} --by Wang`);
  });

  it('one and the same makes and checks nothing, however the name is written', async () => {
    await people();
    await book.done(`gl voucher import ${voucherFile()} --by Wang`);
    const [voucher] = await book.rows('SELECT voucher_id AS id FROM manual_voucher');
    expect(await book.refused(`gl voucher approve ${voucher!.id} --by ＷＡＮＧ`)).toMatchObject({
      code: 'maker_is_checker',
    });
    const client = await book.session();
    const two = client.query(`SELECT two_persons('Wang', ' wang ', 'voucher')`);
    await expect(two).rejects.toMatchObject({ code: 'LB024' });
    await client.end();
  });
});

const atOnce = <T>(start: () => Promise<T>) =>
  lineUp(book.database.target, { lock: 'LOCK TABLE person', runners: 2 }, start);

it('the last two administrators, disabled by two at once: one stays', async () => {
  await book.done('person add One --by One');
  await book.done('person add Two --role administrator --by One');
  const sessions = [await book.session(), await book.session()];
  const ended = await atOnce(() =>
    Promise.allSettled([
      disablePerson(sessions[0]!, { name: 'Two', by: 'One' }),
      disablePerson(sessions[1]!, { name: 'One', by: 'Two' }),
    ]),
  );
  for (const session of sessions) await session.end();
  expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const enabled = 'SELECT count(*) AS count FROM person WHERE disabled_at IS NULL';
  expect(await book.rows(enabled)).toEqual([{ count: 1 }]);
});

it('two first persons at once: one of them is the administrator', async () => {
  const sessions = [await book.session(), await book.session()];
  const add = (at: number, name: string) =>
    addPerson(sessions[at]!, { name, roles: ['finance'], by: name, machineLogin: '' });
  const ended = await atOnce(() => Promise.allSettled([add(0, 'One'), add(1, 'Two')]));
  for (const session of sessions) await session.end();
  expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
