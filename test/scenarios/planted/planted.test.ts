import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Captured, capture } from '../../commands/shell/captured-host.js';
import { environmentOf } from '../../support/command-line.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';
import { foundIn, type Planted, plantedValues } from './planted-values.js';

const VALUES = plantedValues(500, 20260328);

/** The values in turns, so that each is planted somewhere. */
class Turns {
  readonly used = new Set<Planted>();
  readonly #at = new Map<string, number>();

  of(...kinds: readonly Planted['kind'][]): string {
    const key = kinds.join();
    const own = VALUES.filter(({ kind }) => kinds.includes(kind));
    const at = this.#at.get(key) ?? 0;
    this.#at.set(key, at + 1);
    const value = own[at % own.length]!;
    this.used.add(value);
    return value.written;
  }

  get any(): string {
    return this.of('name', 'id_number', 'phone', 'account');
  }

  get number(): string {
    return this.of('id_number', 'phone', 'account');
  }
}

const turns = new Turns();
let book: ImportBook;
const said: { line: string; text: string }[] = [];
/** What people and programs are shown, at the most talkative level. */
async function run(line: readonly string[], stdin?: string): Promise<Captured> {
  const { Readable } = await import('node:stream');
  const env = { ...environmentOf(book.database.target), LOANBOOK_LOG_LEVEL: 'trace' };
  const ended = await capture(['--book', book.folder, ...line], {
    env,
    stdin: stdin === undefined ? undefined : Readable.from([Buffer.from(stdin)]),
  });
  said.push({ line: line.join(' '), text: ended.stdout + ended.stderr });
  expect(ended.stderr, line.join(' ')).not.toContain('internal');
  return ended;
}
/** For people and for programs. */
async function both(...line: string[]): Promise<void> {
  await run(line);
  await run(['--json', ...line]);
}

const PARTY = 'party,name,id_number,phone,account,address';
const LOAN = 'loan_no,product,principal,rate,disbursed_on,party,memo';
const EVENT = 'ref,loan_no,type,value_date,amount,of,memo';
const VOUCHER = 'voucher_no,date,account,debit,credit,memo';
const BANK = `code: ICBC
kind: bank
columns: {order_no: ref, amount: amount, value_date: date}
`;
const good = (no: string) => `${no},CASH,1200.00,0.1,${OPEN_DAY}`;

beforeAll(async () => {
  book = await importBook();
  await run(['keys', 'init', '--by', 'Root']);
  await people();
  await loans();
  await money();
  await run(['eod', 'run', '--through', '2026-03-29']);
  await inbox();
  await night();
  await elsewhere();
}, 120_000);
afterAll(() => book.remove());

/** A mapping that passes the memo over. */
function lax(kind: string, head: string): string {
  const columns = head
    .replace(',memo', '')
    .split(',')
    .map((name) => `  ${name}: {from: ${name}}\n`);
  return book.raw(
    `${kind}.yaml`,
    `kind: ${kind}\ncolumns:\n${columns.join('')}other_columns: ignore\n`,
  );
}

/** Good rows of every value that is one of a customer, and rows that are wrong with others. */
async function people(): Promise<void> {
  const rows = Array.from({ length: 125 }, (_, k) =>
    [
      ...[`C${k}`, turns.of('name'), turns.of('id_number')],
      ...[
        turns.of('phone'),
        turns.of('account'),
        `北京市朝阳区${turns.of('name')}路${turns.number}号`,
      ],
    ].join(','),
  );
  const bad = Array.from({ length: 60 }, (_, k) =>
    [
      [`${turns.any}`, turns.any, '', '', '', ''],
      [`B${k}`, turns.of('name'), `${turns.of('id_number')}号`, turns.any, '', ''],
      [`B${k}`, turns.of('name'), '', turns.of('name'), turns.of('name'), ''],
      [`B${k}`, '', turns.any, turns.any, turns.any, turns.any],
      [turns.of('name'), turns.any, turns.any],
      [`C1`, turns.any, '', '', '', turns.any],
    ][k % 6]!.join(','),
  );
  const name = `客户-${turns.number}-表.csv`;
  await run(['party', 'import', book.file(`good-${turns.number}.csv`, PARTY, ...rows)]);
  const file = book.file(name, PARTY, ...bad);
  await both('party', 'import', file);
  await both('party', 'import', file, '--max-rejects', '999');
  // Without titles the first row stands in their place.
  await both('party', 'import', book.file('untitled.csv', ...rows.slice(0, 3)));
  await both('party', 'import', book.raw('cut.csv', `${PARTY}\n${rows[0]}`));
  await both('files', 'inspect', file);
  await both('party', 'list');
  await both('party', 'show', 'C7');
  await run(['party', 'list', '--find', 'phone', '--json'], `${turns.of('phone')}\n`);
}

async function loans(): Promise<void> {
  const bad = Array.from(
    { length: 40 },
    (_, k) =>
      [
        `${turns.any},CASH,${turns.any},0.1,${OPEN_DAY},,`,
        `X${k},${turns.any},1.00,${turns.any},${OPEN_DAY},,`,
        `X${k},CASH,1.00,0.1,${turns.any},${turns.any},`,
        `X${k},CASH,1.00,0.1,${OPEN_DAY},${turns.any},${turns.any}`,
        `${turns.any},${turns.any}`,
      ].at(k % 5)!,
  );
  const rows = [`${good('L1')},C1,${turns.any}`, `${good('L2')},C2,${turns.any}`];
  const mapping = lax('loans', LOAN);
  const options = ['--mapping', mapping];
  const file = book.file(`放款_${turns.number}.csv`, LOAN, ...rows, ...bad);
  await both('import', 'loans', file, ...options);
  await both('import', 'loans', file, ...options, '--max-rejects', '999');
  await both('import', 'loans', file, ...options, '--max-rejects', '999');
  await both('import', 'loans', book.file('odd.csv', `${LOAN},${turns.number}`, ...rows));
  await both(
    'import',
    'loans',
    book.file('untitled.csv', `${turns.number},${turns.any}`, rows[0]!),
  );
}

async function money(): Promise<void> {
  const events = Array.from(
    { length: 40 },
    (_, k) =>
      [
        `R${k},${turns.any},repayment,${OPEN_DAY},1.00,,${turns.any}`,
        `R${k},L1,${turns.any},${OPEN_DAY},1.00,,`,
        `R${k},L1,repayment,${turns.any},${turns.any},,`,
        `R${k},L1,repayment,${OPEN_DAY},${turns.any},${turns.any},`,
      ].at(k % 4)!,
  );
  const mapping = lax('events', EVENT);
  const file = book.file(
    `ev.${turns.number}.csv`,
    EVENT,
    ...events,
    `R99,L1,repayment,${OPEN_DAY},5.00,,${turns.any}`,
  );
  await both('import', 'events', file, '--mapping', mapping);
  await both('import', 'events', file, '--mapping', mapping, '--max-rejects', '999');
  const repayments = Array.from(
    { length: 20 },
    (_, k) => `Q${k},${turns.any},${turns.any},${turns.any}`,
  );
  const head = 'ref,loan_no,value_date,amount';
  const path = book.file(`还款(${turns.number}).csv`, head, ...repayments);
  await both('import', 'repayments', path);
  await both('import', 'repayments', path, '--max-rejects', '999');
  const vouchers = Array.from({ length: 30 }, (_, k) => [
    `V${k},${OPEN_DAY},1012.01,1.00,,退款 ${turns.number}`,
    `V${k},${OPEN_DAY},1012.02,,1.00,${turns.any}`,
  ]).flat();
  await both(
    'gl',
    'voucher',
    'import',
    book.file(`v ${turns.number}.csv`, VOUCHER, ...vouchers),
    '--by',
    'Ann',
  );
  const wrong = Array.from(
    { length: 20 },
    () => `${turns.any},${turns.any},${turns.any},${turns.any},,${turns.any}`,
  );
  await both('gl', 'voucher', 'import', book.file('v2.csv', VOUCHER, ...wrong), '--by', 'Ann');
  await run(['gl', 'voucher', 'approve', '1', '--by', 'Bob']);
}

/** Files that go in; one of them is held. */
let fromInbox = 0;

/** Files of others by names with numbers: of a rule, of none, held, no regular file, for others. */
async function inbox(): Promise<void> {
  const rules = 'rules: [{file: repayments, name: "r-{date}-{n}.csv", settle: 0s}]';
  const folders = 'folders: {inbox: in, work: work, outbox: out}';
  await run(['files', 'apply', book.raw('files.yaml', `version: 1\n${folders}\n${rules}\n`)]);
  const put = (name: string, text: string) =>
    writeFileSync(join(book.folder, 'in', name.replaceAll('/', '')), text);
  const names = Array.from({ length: 6 }, () => `r-2026-03-30-${turns.of('phone', 'account')}.csv`);
  const head = 'ref,loan_no,value_date,amount\n';
  for (const [at, name] of names.entries()) put(name, `${head}F${at},L1,2026-03-30,1.00\n`);
  for (let at = 0; at < 6; at += 1) put(`${turns.number}表.csv`, `${at}`);
  symlinkSync('/nowhere', join(book.folder, 'in', `${turns.number}.link`));
  for (const _ of [1, 2]) await both('files', 'scan');
  // Full width digits are no number to a rule.
  const fitting = names.filter((name) => /^[!-~]+$/.test(name));
  const changed = fitting[0]!;
  fromInbox = fitting.length - 1;
  put(changed, 'changed');
  for (const _ of [1, 2]) await both('files', 'scan');
  await both('files', 'list');
  await both('files', 'show', '1');
  const held = (
    await book.rows(`SELECT file_id AS id FROM inbox_file WHERE state = 'quarantined'`)
  )[0];
  await both('files', 'release', String(held!.id), '--reason', 'sent anew', '--by', 'Ann');
  await both('files', 'release', changed, '--reason', turns.number, '--by', 'Ann');
  await both('import', 'repayments', '--from-registry');
  await both('import', 'repayments', '--from-registry');
  await both('files', 'verify');
  await both('files', 'list', '--all');
  for (const name of [`${turns.number}.csv`, 'days.csv']) {
    await both('calendar', 'show', '--out', join(book.folder, 'out', name));
  }
}

/** A night whose job says what nobody shall read, the morning behind it, metrics. */
async function night(): Promise<void> {
  const script = book.raw(
    'job.sh',
    `echo "付给 ${turns.number}"\necho ${turns.number} >&2\nexit 1\n`,
  );
  const plan = {
    ...{ plan: 'N', version: 1, first_date: OPEN_DAY, at: '00:30', on: { months: [3] } },
    jobs: [{ job: 'says', program: ['sh', script] }],
    alarms: [
      { on: ['failed'], command: ['sh', '-c', `cat >> ${join(book.folder, 'out-alarms')}`] },
    ],
  };
  await both('plan', 'apply', book.raw('plan.yaml', JSON.stringify(plan)));
  await both('night', 'run', 'N', '--date', OPEN_DAY);
  await both('night', 'resume', 'N');
  for (const act of ['hold', 'skip']) {
    await both('night', act, 'N', 'says', '--reason', turns.number, '--by', 'Ann');
  }
  await both('night', 'status', 'N');
  await both('metrics');
  const out = join(book.folder, 'morning');
  await both('report', 'daily', '--out', out, '--format', 'html,xlsx,json');
  await run(['metrics', '--out', out]);
}

/** Statements, other commands, and errors that name what they were told. */
async function elsewhere(): Promise<void> {
  await run(['channel', 'apply', book.raw('icbc.yaml', BANK)]);
  const lines = Array.from({ length: 20 }, (_, k) => `T${k},5.00,2026-03-29,${turns.any}`);
  const bank = (...rows: string[]) =>
    book.file(`icbc-${turns.number}.csv`, 'ref,amount,date,memo', ...rows);
  const reconcile = (file: string) =>
    both('reconcile', 'bank', file, '--channel', 'ICBC', '--by', 'Ann');
  for (const wrong of [
    `T,${turns.of('name')},2026-03-29,`,
    `T,5.00,${turns.any},`,
    `${turns.any}`,
  ]) {
    await reconcile(bank(...lines, wrong));
  }
  await reconcile(bank(...lines));
  await both('breaks', 'list');
  for (const option of ['--reason', '--note']) {
    const act =
      option === '--note' ? ['assign', '1', '--to', 'Bob'] : ['resolve', '1', '--as', 'refunded'];
    await both('breaks', ...act, option, `付给 ${turns.number}`, '--by', 'Ann');
  }
  const out = (name: string) => join(book.folder, `out-${name}`);
  await run(['breaks', 'list', '--out', out('breaks.csv')]);
  await run(['reconcile', 'report', '--out', out('report.html')]);
  await run(['reconcile', 'report', '--out', out('report.xlsx')]);
  await run(['party', 'list', '--out', out('parties.xlsx')]);
  await run(['import', 'list', '--out', out('imports.csv')]);
  const month = ['--from', OPEN_DAY, '--to', '2026-03-29'];
  await run(['gl', 'export', 'hledger', ...month, '--out', out('ledger.journal')]);
  await both('gl', 'statement', '1012.01', ...month);
  for (const list of [
    'import list',
    'runs list',
    'audit show --limit 1000',
    'gl voucher list',
    'approve list',
    'loan list',
    'loan show L1',
    'loan statement L1',
    'check',
    'keys list',
  ]) {
    await both(...list.split(' '));
  }
  for (const [at, words] of [
    'loan show',
    'party show',
    'import loans',
    'layout check',
    'product apply',
    'runs show',
  ].entries()) {
    await both(...words.split(' '), turns.number, ...(at > 5 ? ['--by', 'Ann'] : []));
  }
  await both('import', 'cancel', '1', '--reason', `von ${turns.number}`, '--by', 'Ann');
  await both('keys', 'init', '--suite', turns.number);
  await both(turns.number);
}

/** Everything that was written beside the files that were planted, their rejects and the keys. */
function writtenFiles(): { name: string; text: string }[] {
  const morning = readdirSync(join(book.folder, 'morning')).map((name) => join('morning', name));
  return [...readdirSync(book.folder), ...morning]
    .filter((name) => /^(?:out-|morning\/)|\.log$/.test(name))
    .map((name) => {
      const bytes = readFileSync(join(book.folder, name));
      const text = name.endsWith('.xlsx')
        ? Object.values(unzipSync(bytes))
            .map((part) => Buffer.from(part).toString())
            .join('\n')
        : bytes.toString();
      return { name, text };
    });
}

describe('500 values of persons', () => {
  it('are all planted, and what is good of them comes in', async () => {
    expect(turns.used.size).toBe(VALUES.length);
    const counts = await book.rows(`SELECT (SELECT count(*) FROM party_key)::int AS parties,
      (SELECT count(*) FROM loan)::int AS loans, (SELECT count(*) FROM event)::int AS events,
      (SELECT count(*) FROM manual_voucher)::int AS vouchers,
      (SELECT count(*) FROM recon_break)::int AS breaks`);
    expect(counts).toEqual([
      { parties: 125, loans: 2, events: 3 + fromInbox, vouchers: 30, breaks: 20 },
    ]);
  });

  it('are in no word that a command says, at the most talkative level', () => {
    const leaks = said.flatMap(({ line, text }) =>
      foundIn(text, VALUES).map((value) => `${value}: ${line.slice(0, 60)}`),
    );
    expect(leaks.slice(0, 20)).toEqual([]);
  });

  it('are in no report that was written', () => {
    const files = writtenFiles();
    const names = files.map(({ name }) => name);
    const wanted = ['out-report.html', 'out-alarms', 'morning/loanbook.prom', 'morning/morning-'];
    for (const start of wanted) {
      expect(
        names.some((name) => name.startsWith(start)),
        start,
      ).toBe(true);
    }
    expect(
      files.flatMap(({ name, text }) => foundIn(text, VALUES).map((v) => `${name}: ${v}`)),
    ).toEqual([]);
  });

  it('are in no column of the database', async () => {
    const tables = await book.rows(
      `SELECT c.oid::regclass::text AS name FROM pg_class c
       WHERE c.relnamespace = 'loanbook'::regnamespace AND c.relkind IN ('r', 'p', 'm')`,
    );
    const leaks: string[] = [];
    for (const { name } of tables) {
      const rows = await book.rows(`SELECT t::text AS text FROM ${String(name)} AS t`);
      const text = rows.map((row) => String(row.text)).join('\n');
      leaks.push(...foundIn(text, VALUES).map((value) => `${String(name)}: ${value}`));
      const hex = VALUES.map((value) => ({
        ...value,
        normal: Buffer.from(value.normal).toString('hex'),
        written: Buffer.from(value.written).toString('hex'),
      }));
      leaks.push(...foundIn(text, hex).map((value) => `${String(name)}: ${value} as bytes`));
    }
    expect(leaks).toEqual([]);
  });

  it('stand in reject files as they came, which nobody else reads', () => {
    const rejects = readdirSync(book.folder).filter((name) => name.endsWith('.rejects.csv'));
    expect(rejects.length).toBeGreaterThan(3);
    for (const name of rejects) {
      expect(statSync(join(book.folder, name)).mode & 0o777, name).toBe(0o600);
    }
    const texts = rejects.map((name) => readFileSync(join(book.folder, name), 'utf8')).join('');
    expect(foundIn(texts, VALUES).length).toBeGreaterThan(100);
  });
});
