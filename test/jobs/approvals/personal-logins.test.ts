import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture } from '../../commands/shell/captured-host.js';
import { OPEN_DAY } from '../../support/import-book.js';
import { type PeopleBook, peopleBook } from './people-book.js';

const HEADER = 'voucher_no,date,account,debit,credit,memo';

let book: PeopleBook;
let zhao = '';
let wang = '';
let chen = '';
let stranger = '';
beforeAll(async () => {
  book = await peopleBook();
  zhao = await book.newLogin();
  wang = await book.newLogin();
  chen = await book.newLogin();
  stranger = await book.newLogin();
  await book.done(`person add Zhao --login ${zhao} --by Zhao`);
  await book.done(`person add Wang --role finance --login ${wang} --by Zhao`);
  await book.done(`person add Chen --role finance --login ${chen} --by Zhao`);
  await book.done('person logins personal --by Zhao', zhao);
});
afterAll(() => book.remove());

let files = 0;
async function voucher(login: string, by: string): Promise<number> {
  files += 1;
  const no = `V${files}`;
  const rows = [`${no},${OPEN_DAY},1012.01,1.50,,fee`, `${no},${OPEN_DAY},1012.02,,1.50,`];
  const file = book.file(`vouchers-${files}.csv`, HEADER, ...rows);
  await book.done(`gl voucher import ${file} --by ${by}`, login);
  const found = await book.rows(`SELECT voucher_id AS id FROM manual_voucher
    WHERE voucher_no = '${no}'`);
  return Number(found[0]!.id);
}

const approvalOf = async (id: number) =>
  (
    await book.rows(`SELECT approval_id AS number, status, maker_login, checker_login FROM approval
    WHERE act = 'voucher' AND subject = '${id}'`)
  )[0]!;

describe('who acts is who is logged in', () => {
  it('whoever is named must be that one', async () => {
    const id = await voucher(wang, 'ｗａｎｇ');
    expect(await book.refused(`gl voucher approve ${id} --by Chen`, wang)).toMatchObject({
      code: 'by_differs',
      loggedIn: 'Wang',
      login: wang,
    });
  });

  it('and a login that is nobody does nothing', async () => {
    expect(await book.refused('person disable Wang', stranger)).toMatchObject({
      code: 'person_unknown',
      login: stranger,
    });
  });

  it('an administrator is known without being named', async () => {
    expect(await book.refused('person add Sun --role risk', zhao)).toMatchObject({
      code: 'login_missing',
    });
    expect(await book.refused(`person add Sun --role risk --login ${wang}`, zhao)).toMatchObject({
      code: 'login_taken',
    });
  });

  it('the audit keeps the login and its person, whatever the session says', async () => {
    const session = await book.session(wang);
    await session.query(`SET loanbook.by = 'Chen'`);
    await session.query(`SELECT write_audit('test', 'x', '', NULL, NULL, 'Zhao')`);
    await session.end();
    const { rows } = await book.done('audit show --action test');
    expect(rows).toMatchObject([{ person: 'Wang', login: wang, logins: 'personal' }]);
  });
});

describe('maker and checker have logins of their own', () => {
  it('the maker does not grant; another one does, and both logins are kept', async () => {
    const id = await voucher(wang, 'Wang');
    const { number } = await approvalOf(id);
    expect(await book.refused(`approve grant ${number}`, wang)).toMatchObject({
      code: 'maker_is_checker',
    });
    expect(await book.refused(`approve grant ${number}`, zhao)).toMatchObject({
      code: 'role_missing',
    });
    expect(await book.done(`approve grant ${number}`, chen)).toMatchObject({
      outcome: 'decided',
      grantedBy: 'Chen',
    });
    expect(await approvalOf(id)).toMatchObject({
      status: 'granted',
      maker_login: wang,
      checker_login: chen,
    });
  });

  it('a login that made it decides it under no other person', async () => {
    const id = await voucher(wang, 'Wang');
    const { number } = await approvalOf(id);
    await book.done('person disable Chen', zhao);
    await book.done(`person add Wang --role finance --login ${stranger}`, zhao);
    await book.done(`person add Chen --role finance --login ${wang}`, zhao);
    expect(await book.refused(`approve grant ${number}`, wang)).toMatchObject({
      code: 'same_login',
      login: wang,
    });
    await book.done(`person add Chen --role finance --login ${chen}`, zhao);
    await book.done(`person add Wang --role finance --login ${wang}`, zhao);
  });

  it('the database holds it too: a session by hand grants nothing of its own', async () => {
    const id = await voucher(wang, 'Wang');
    const { number } = await approvalOf(id);
    const session = await book.session(wang);
    const tried = async (sql: string) =>
      session.query(sql).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    expect(await tried(`SELECT decide_approval(${number}, 'granted', 'Chen', '')`)).toBe('LB023');
    expect(await tried(`SELECT decide_approval(${number}, 'granted', '', '')`)).toBe('LB024');
    expect(await tried(`UPDATE approval SET status = 'granted'`)).toBe('42501');
    expect(await tried(`INSERT INTO audit (audit_id) VALUES (1)`)).toBe('42501');
    expect(await tried(`UPDATE audit_head SET audit_id = 0`)).toBe('42501');
    expect(await tried(`UPDATE person SET roles = '{administrator}'`)).toBe('42501');
    expect(await tried(`UPDATE book SET logins = 'shared'`)).toBe('42501');
    expect(await tried(`SELECT add_person('Wang', '{administrator}', NULL, 'Zhao')`)).toBe('LB023');
    expect(await tried(`SELECT set_logins('shared', 'Wang')`)).toBe('LB022');
    expect(await tried(`SELECT bind_persons()`)).toBe('42501');
    await session.end();
  });
});

it('what a maker alone cannot end waits, since nobody can be named for another one', async () => {
  const channel = ['code: WX', 'kind: channel', 'order_prefix: WX'];
  const columns = 'columns: {order_no: order, amount: amount, value_date: date}';
  await book.done(`channel apply ${book.file('wx.yaml', ...channel, columns)}`, wang);
  await book.asOwner(`INSERT INTO statement (code, kind, statement_date, revision, name, sha256, state,
      lines, amount, fee, matched, our_count, our_amount, ledger_amount, due_on, maker, taken_on)
    VALUES ('WX', 'channel', '${OPEN_DAY}', 1, 'x', 'x', 'posted', 1, 7, 0, 0, 0, 0, 0, '${OPEN_DAY}',
      'Wang', '${OPEN_DAY}');
    INSERT INTO recon_break (statement_id, type, order_no, line, bucket, loan_id, event_id,
      their_amount, difference, suspense, our_status, since, pend_until, state)
    SELECT statement_id, 'missing_ours', 'WX2', 1, 0, 0, 0, 7, 7, 0, '', '${OPEN_DAY}', '${OPEN_DAY}',
      'open' FROM statement`);
  const resolve = 'breaks resolve 1 --as written_off --reason small';
  expect(await book.refused(`${resolve} --checker Chen`, wang)).toMatchObject({
    code: 'second_person_grants',
  });
  const { approval } = await book.done(resolve, wang);
  expect(await book.refused(`approve grant ${approval}`, wang)).toMatchObject({
    code: 'same_person',
  });
  await book.done(`approve grant ${approval}`, chen);
  expect(
    await book.rows(`SELECT b.state, e.maker, e.checker FROM recon_break b, entry e
    WHERE e.reference = 'break/1'`),
  ).toEqual([{ state: 'resolved', maker: 'Wang', checker: 'Chen' }]);
});

it('goes back to shared logins by an administrator', async () => {
  expect(await book.refused('person logins shared', wang)).toMatchObject({ code: 'role_missing' });
  expect(await book.done('person logins shared', zhao)).toMatchObject({ outcome: 'changed' });
  expect(await book.refused('person logins personal', zhao)).toMatchObject({
    code: 'person_unknown',
  });
  await book.done('person logins personal --by Zhao', zhao);
});

it('the embedded server has no logins of persons', async () => {
  const words = ['--json', '--book', book.folder, 'person', 'logins', 'personal'];
  const { exitCode, stderr } = await capture(words, { env: {} });
  expect([exitCode, JSON.parse(stderr).error.code]).toEqual([2, 'logins_embedded']);
});
