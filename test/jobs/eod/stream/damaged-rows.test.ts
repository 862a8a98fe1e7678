import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../../../src/db/connect.js';
import { applyProduct } from '../../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { databaseLike, type TestDatabase } from '../../../support/database.js';
import { type ScratchBook, scratchBook } from '../../../support/scratch-book.js';
import { UNCHAIN } from '../../../support/unchain.js';

const YESTERDAY = '2026-03-30';
const TODAY = '2026-03-31';
const TOMORROW = '2026-04-01';
/** One more than a double can count. */
const UNSAFE = '9007199254740993';

/** What the loan does on the day: nothing, falls due, is overdue, is born, is repaid, is prepaid. */
type Kind = 'plain' | 'due' | 'open' | 'birth' | 'event' | 'late';
/** `unfelt`: no close reads the column, so that the loan is folded as if nothing were. */
type Outcome = 'held' | 'unfelt';

interface Damage {
  readonly kind: Kind;
  readonly table: 'position' | 'loan' | 'schedule' | 'event';
  readonly column: string;
  /** As SQL. */
  readonly value: string;
  readonly outcome: Outcome;
  /** What the reason names beside the column; by default it says that the row is damaged. */
  readonly reason: RegExp;
}

function damage(
  kind: Kind,
  table: Damage['table'],
  column: string,
  value: string,
  reason: RegExp | 'unfelt' = new RegExp(`a row of ${table} is damaged .*"column":"${column}"`),
): Damage {
  const outcome = reason === 'unfelt' ? 'unfelt' : 'held';
  return { kind, table, column, value, outcome, reason: reason === 'unfelt' ? /^$/ : reason };
}

const PACKED = /packed numbers are damaged/;
const ENDLESS = String.raw`'\xffffffffffffffffffffffffff'`;
/** The first element of an array, and all of it. */
const element = (value: string) => `array_replace(:column, (:column)[1], ${value})`;

const all = (value: string) => `array_fill(${value}, ARRAY[12])`;

const DAMAGES: readonly Damage[] = [
  ...[
    'rate_ppb',
    'period_units',
    'next_principal',
    'next_interest',
    'principal',
    'principal_not_due',
    'principal_overdue',
    'interest_accrued',
    'interest_due',
    'penalty_due',
    'compound_due',
    'fee_due',
    'suspense',
    'interest_accrued_total',
  ].flatMap((column) => [
    damage('plain', 'position', column, UNSAFE),
    damage('due', 'position', column, `-${UNSAFE}`),
  ]),
  damage('plain', 'position', 'period_units', '-1'),
  damage('open', 'position', 'principal', '-1'),
  // In range, and not what its instalments sum to.
  damage('plain', 'position', 'principal', 'principal + 1'),
  damage('due', 'position', 'principal_not_due', 'principal_not_due + 1', /"column":"principal"/),
  damage('plain', 'position', 'folded_on', `DATE '${TODAY}'`),
  damage('plain', 'position', 'folded_on', `DATE '2026-03-01'`),
  damage('plain', 'position', 'folded_on', `'-infinity'`),
  damage('plain', 'position', 'period_start_on', `'infinity'`),
  damage('plain', 'position', 'next_due_on', `'infinity'`),
  damage('plain', 'position', 'next_due_on', `DATE '12026-01-01'`),
  damage('plain', 'position', 'next_due_on', `'-infinity'`),
  damage('plain', 'position', 'group_id', '2000000000'),
  damage('plain', 'position', 'engine_version', '99'),
  damage('plain', 'position', 'schedule_version', '0'),
  damage('plain', 'position', 'status', '77'),
  damage('plain', 'position', 'next_seq', '-1'),
  damage('plain', 'position', 'open_installments', ENDLESS, PACKED),
  damage('open', 'position', 'open_installments', ENDLESS, PACKED),
  damage('open', 'position', 'open_installments', 'substr(:column, 1, 9)', PACKED),
  damage('open', 'position', 'open_installments', String.raw`:column || '\x00'`, PACKED),
  damage('due', 'position', 'totals', ENDLESS, PACKED),
  damage('due', 'position', 'totals', 'substr(:column, 1, 5)', PACKED),
  damage('plain', 'position', 'oldest_due_on', `'infinity'`, 'unfelt'),
  damage('plain', 'position', 'oldest_free_on', `'-infinity'`, 'unfelt'),
  damage('plain', 'position', 'days_past_due', '-5', 'unfelt'),
  damage('plain', 'position', 'classification', '77', 'unfelt'),
  damage('plain', 'position', 'overdue_bucket', '-7', 'unfelt'),

  damage('birth', 'loan', 'principal', UNSAFE),
  damage('birth', 'loan', 'rate_ppb', UNSAFE),
  damage('birth', 'loan', 'disbursed_on', `'-infinity'`),
  damage('birth', 'loan', 'born_on', `'infinity'`),
  damage('birth', 'loan', 'born_on', `DATE '${TOMORROW}'`),
  damage('birth', 'loan', 'first_due_on', `'infinity'`),
  damage('birth', 'loan', 'group_id', '2000000000', /unknown product/),
  damage('birth', 'loan', 'paid_periods', '32767', /does not sum|not accrued|.+/),
  damage('birth', 'loan', 'paid_periods', '-1', /.+/),
  damage('late', 'loan', 'principal', UNSAFE),
  damage('late', 'loan', 'disbursed_on', `'-infinity'`),
  damage('plain', 'loan', 'principal', UNSAFE, 'unfelt'),
  damage('birth', 'loan', 'product_id', '2000000000', 'unfelt'),
  damage('birth', 'loan', 'org', `''`, 'unfelt'),
  damage('birth', 'loan', 'rate', `'x'`, 'unfelt'),
  damage('birth', 'loan', 'import_id', '-1', 'unfelt'),

  ...(['birth', 'due'] as const).flatMap((kind) => [
    damage(
      kind,
      'schedule',
      'principal',
      kind === 'due' ? `array_fill(${UNSAFE}, ARRAY[12])` : element(UNSAFE),
    ),
    damage(
      kind,
      'schedule',
      'interest',
      kind === 'due' ? `array_fill(${UNSAFE}, ARRAY[12])` : element(UNSAFE),
    ),
    damage(kind, 'schedule', 'due_on', all(`'infinity'::date`)),
    damage(kind, 'schedule', 'balance_after', all(UNSAFE)),
  ]),
  damage('birth', 'schedule', 'due_on', element('NULL')),
  damage('birth', 'schedule', 'principal', `array_fill(1::bigint, ARRAY[6, 2])`),
  damage('due', 'schedule', 'balance_after', all('NULL::bigint'), /not equal the bal/),
  damage('late', 'schedule', 'interest', element(UNSAFE)),

  damage('event', 'event', 'amount', UNSAFE),
  damage('event', 'event', 'rate_ppb', UNSAFE),
  damage('event', 'event', 'of_event_id', UNSAFE),
  damage('event', 'event', 'event_id', UNSAFE),
  damage('event', 'event', 'value_date', `'-infinity'`),
  damage('event', 'event', 'due_on', `'infinity'`),
  damage('event', 'event', 'type', '99'),
  damage('event', 'event', 'component', '99'),
  damage('event', 'event', 'component', '-1'),
  damage('event', 'event', 'seq', '-1'),
  damage('event', 'event', 'early_payment', '99'),
  damage('late', 'event', 'amount', UNSAFE),
  damage('event', 'event', 'import_id', '-1', 'unfelt'),
  damage('event', 'event', 'ref', `'another'`, 'unfelt'),
];

const loanOf = (at: number) => `${DAMAGES[at]!.kind.toUpperCase()}-${at}`;
const HELD = DAMAGES.flatMap((each, at) => (each.outcome === 'held' ? [loanOf(at)] : []));

const FIRST_DUE: Readonly<Record<Kind, string>> = {
  plain: '2026-04-20',
  due: TODAY,
  open: '2026-03-20',
  birth: '2026-04-30',
  event: '2026-03-25',
  late: '2026-04-20',
};

const LOANS = 'loan_no,product,principal,rate,periods,disbursed_on,first_due_on';
const EVENTS = 'ref,loan_no,type,value_date,amount,early_payment';

let built: ScratchBook;
let whole: TestDatabase;
let damaged: TestDatabase;

function lines(of: (kind: Kind, loan: string) => string | undefined): string[] {
  const names = DAMAGES.map(({ kind }, at) => [kind, loanOf(at)] as const);
  // One loan of each kind that nobody touches.
  const others = Object.keys(FIRST_DUE).map((kind) => [kind as Kind, `WHOLE-${kind}`] as const);
  return [...names, ...others].flatMap(([kind, loan]) => of(kind, loan) ?? []);
}

beforeAll(async () => {
  built = await scratchBook();
  const { client } = built;
  const firstBusinessDate = parseDay('2026-03-29')!;
  await createBook(client, { entity: 'T', currency: 'CNY', firstBusinessDate, calendar: 'none' });
  const terms = 'repayment: {method: level_payment}\npenalty: {rate: {multiple: 1.5}}\n';
  await applyProduct(client, `code: LP\neffective_from: 2025-01-01\n${terms}`, 'test');
  const loan = (disbursedOn: string) => (kind: Kind, name: string) =>
    (kind === 'birth') === (disbursedOn === TODAY)
      ? `${name},LP,12000.00,0.12,12,${disbursedOn},${FIRST_DUE[kind]}`
      : undefined;
  const file = (name: string, header: string, rows: string[]) => built.file(name, header, ...rows);
  await importLoans(client, { file: file('old.csv', LOANS, lines(loan('2026-03-01'))) });
  await close(built.database, YESTERDAY);
  await importLoans(client, { file: file('new.csv', LOANS, lines(loan(TODAY))) });
  const events = lines((kind, name) => {
    if (kind === 'event') return `R,${name},repayment,${TODAY},300.00,`;
    return kind === 'late' ? `P,${name},repayment,2026-03-30,2000.00,prepay` : undefined;
  });
  await importEvents(client, { file: file('events.csv', EVENTS, events) });
  await client.end();
  whole = await databaseLike(built.database);
  damaged = await databaseLike(built.database);
  await close(whole, TODAY);
}, 120_000);

afterAll(async () => {
  await whole?.drop();
  await damaged?.drop();
  await built?.remove().catch(() => built.database.drop());
});

const close = (database: TestDatabase, through: string, maxHeld = 1_000) =>
  closeDays(database.target, { through: parseDay(through)!, workers: 1, tasks: 4, maxHeld });

function rows<T extends object>({ target }: TestDatabase, sql: string): Promise<T[]> {
  return withClient(target, { role: 'owner' }, async (client) => (await client.query<T>(sql)).rows);
}

const positions = (database: TestDatabase, day: string) =>
  rows<{ loan_no: string }>(
    database,
    `SELECT loan_no, p.* FROM position p JOIN loan USING (bucket, loan_id)
     WHERE business_date = '${day}' ORDER BY loan_no`,
  );

function tableOf({ table }: Damage): string {
  return table === 'position' ? `position_${YESTERDAY.replaceAll('-', '')}` : table;
}

/** Only the loan's own event: that of its birth has no reference of ours. */
function whereOf({ table }: Damage, loan: string): string {
  const own = `loan_id = (SELECT loan_id FROM loan WHERE loan_no = '${loan}')`;
  return table === 'event' ? `${own} AND type > 2` : own;
}

describe('a book with damaged rows', () => {
  beforeAll(async () => {
    const constraints = await rows<{ drop: string }>(
      damaged,
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop
       FROM pg_constraint WHERE contype = 'c' AND conrelid IN
         ('loan'::regclass, 'schedule'::regclass, 'event'::regclass)`,
    );
    for (const { drop } of constraints) await rows(damaged, drop);
    for (const table of ['loan', 'schedule', 'event']) {
      await rows(damaged, `CREATE TABLE saved_${table} AS TABLE ${table}`);
    }
    const updates = DAMAGES.map((each, at) => {
      const value = each.value.replaceAll(':column', each.column);
      const where = whereOf(each, loanOf(at));
      return `UPDATE ${tableOf(each)} SET ${each.column} = ${value} WHERE ${where}`;
    });
    await rows(damaged, updates.join('; '));
  }, 60_000);

  it('closes its day all the same: every check holds', async () => {
    const [day] = await close(damaged, TODAY);
    expect(day!.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(day).toMatchObject({ businessDate: TODAY, held: HELD.length });
  }, 60_000);

  it.each(
    DAMAGES.map((each, at) => {
      const { kind, table, column, value, outcome, reason } = each;
      return [
        `${outcome}: ${kind}, ${table}.${column} = ${value}`,
        { at, outcome, reason },
      ] as const;
    }),
  )('%s', async (_title, { at, outcome, reason }) => {
    const held = await rows<{ reason: string }>(
      damaged,
      `SELECT reason FROM held_loan JOIN loan USING (bucket, loan_id)
         WHERE business_date = '${TODAY}' AND loan_no = '${loanOf(at)}'`,
    );
    if (outcome === 'unfelt') expect(held).toEqual([]);
    else expect(held).toMatchObject([{ reason: expect.stringMatching(reason) }]);
  });

  it('folds every other loan as if nothing were, to the last byte', async () => {
    const isOther = ({ loan_no: loan }: { loan_no: string }) => !HELD.includes(loan);
    const expected = (await positions(whole, TODAY)).filter(isOther);
    expect(expected.length).toBe(DAMAGES.length + Object.keys(FIRST_DUE).length - HELD.length);
    expect((await positions(damaged, TODAY)).filter(isOther)).toEqual(expected);
  });

  it('carries a damaged position by what was booked of it', async () => {
    const names = HELD.filter((loan) => DAMAGES[Number(loan.split('-')[1])]!.table === 'position');
    const isOne = ({ loan_no: loan }: { loan_no: string }) => names.includes(loan);
    const booked = (await positions(whole, YESTERDAY)).filter(isOne);
    const carried = (await positions(damaged, TODAY)).filter(isOne);
    expect(carried).toEqual(booked.map((row) => ({ ...row, business_date: TODAY })));
  });

  it('catches up once what is damaged is put right, and ties to the book that was whole', async () => {
    const keys = { loan: '', schedule: ' AND t.version = s.version', event: '' };
    for (const [table, more] of Object.entries(keys)) {
      const columns = await rows<{ name: string }>(
        damaged,
        `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'saved_${table}'::regclass
           AND attnum > 0`,
      );
      const of = table === 'event' ? ' AND t.type > 2 AND s.type > 2' : more;
      const set = columns.map(({ name }) => `${name} = s.${name}`).join(', ');
      await rows(
        damaged,
        `UPDATE ${table} t SET ${set} FROM saved_${table} s
         WHERE t.bucket = s.bucket AND t.loan_id = s.loan_id${of}`,
      );
    }
    const [day] = await close(damaged, TOMORROW);
    expect(day).toMatchObject({ businessDate: TOMORROW, held: 0 });
    await close(whole, TOMORROW);
    // What came late for a loan that was held is rejected, to be sent again.
    const isRight = ({ loan_no: loan }: { loan_no: string }) =>
      !(loan.startsWith('LATE-') && HELD.includes(loan));
    const expected = (await positions(whole, TOMORROW)).filter(isRight);
    expect((await positions(damaged, TOMORROW)).filter(isRight)).toEqual(expected);
  }, 60_000);
});

describe('a loan whose number is damaged where it is a key', () => {
  it.each([
    ['position', tableOf(DAMAGES[0]!), `loan_id = ${UNSAFE}`],
    ['position', tableOf(DAMAGES[0]!), 'loan_id = -1'],
    ['event', 'event', `loan_id = ${UNSAFE}`],
  ])('stops the close, which names it: %s, %s, %s', async (table, child, set) => {
    const database = await databaseLike(built.database);
    const own = `loan_id = (SELECT loan_id FROM loan WHERE loan_no = '${loanOf(0)}')`;
    const where = table === 'event' ? `type = 3 AND ref = 'R' AND bucket < 900` : own;
    await rows(
      database,
      `UPDATE ${child} SET ${set} WHERE ctid = (
      SELECT ctid FROM ${child} WHERE ${where} LIMIT 1)`,
    );
    await expect(close(database, TODAY)).rejects.toMatchObject({
      code: 'key_damaged',
      evidence: { table, loanId: expect.stringMatching(/^-1$|^9007199254740/) },
    });
    await database.drop();
  });
});

describe('a sum that outgrows its column', () => {
  it('stops the close with its table', async () => {
    const database = await databaseLike(built.database);
    const most = `CASE WHEN balance < 0 THEN -9223372036854775808 ELSE 9223372036854775807 END`;
    await rows(database, `UPDATE gl_balance SET balance = ${most}`);
    await rows(database, UNCHAIN);
    await expect(close(database, TODAY)).rejects.toMatchObject({
      code: 'sum_out_of_range',
      evidence: { businessDate: TODAY, table: 'gl_balance' },
    });
    await database.drop();
  });
});
