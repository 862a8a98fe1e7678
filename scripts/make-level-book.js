// Makes the dump of a small book as one version of the program left it, for
// test/upgrade/every-level.test.ts. `folder` is a built checkout of that version, DATABASE_URL names
// an empty database of PostgreSQL 15:
//   node scripts/make-level-book.js <folder> fixtures/upgrade/level-0014.sql.gz
// Every loan and event is made up; the file's name says the last migration of the version.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const [program, outFile] = process.argv.slice(2);
if (!program || !outFile) throw new Error('name the folder of the version, and the file to write');
if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL must name an empty database');

const DAYS = ['2026-02-25', '2026-02-26', '2026-02-27', '2026-02-28', '2026-03-01'];
const BY = ['--by', '甲'];
const PRODUCTS = {
  LEVEL: ['repayment: {method: level_payment}', 'penalty: {rate: {multiple: 1.5}}'],
  BULLET: ['repayment: {method: bullet}', 'interest: {basis: 365, period_interest: actual_days}'],
};

/** Loans that are due while the book is closed, that are late, and that end. */
const LOANS = [
  'loan_no,product,principal,rate,periods,disbursed_on,org',
  'PAID,LEVEL,12000.00,0.12,12,2026-01-26,head',
  'LATE,LEVEL,12000.00,0.12,12,2026-01-27,head',
  'SOLD,LEVEL,12000.00,0.12,12,2026-01-28,head',
  'FALL,LEVEL,12000.00,0.18,12,2026-01-25,head',
  'ENDS,LEVEL,1000.00,0.12,3,2026-02-20,head',
  'BACK,LEVEL,1000.00,0.12,3,2026-02-20,head',
  'NEWB,BULLET,36500.00,0.10,3,2026-02-26,head',
];
/** ref, loan_no, type, value_date, business_date, amount, of */
const EVENTS = {
  '2026-02-26': ['S1,ENDS,settlement,2026-02-26,,,', 'P1,BACK,repayment,2026-02-26,,50.00,'],
  // Value dates of days that are closed by then.
  '2026-02-28': ['L1,LATE,repayment,2026-02-27,2026-02-28,500.00,'],
  '2026-03-01': [
    'L2,FALL,repayment,2026-02-26,2026-03-01,600.00,',
    'V1,BACK,reversal,2026-03-01,,,P1',
  ],
};
const EVENT_COLUMNS = 'ref,loan_no,type,value_date,business_date,amount,of';

/** Versions before 0014 have no statements to reconcile: their book has no breaks. */
const reconciles = !/level-00(0\d|1[0-3])/.test(outFile);

const folder = mkdtempSync(join(tmpdir(), 'loanbook-level-'));
const env = { ...process.env, LOANBOOK_HOME: join(folder, 'home') };

/** Runs a command of that version; `codes` are the exit codes that the book needs of it. */
function loanbook(words, codes = [0]) {
  const args = [join(resolve(program), 'bin/loanbook.js'), '-q', ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (codes.includes(status)) return stdout;
  throw new Error(`loanbook ${words.join(' ')}: exit ${status}\n${stdout}${stderr}`);
}

function file(name, lines) {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

function begin() {
  const book = ['--entity', '升级示例', '--currency', 'CNY', '--calendar', 'none'];
  loanbook(['init', ...book, '--first-business-date', DAYS[0]]);
  for (const [code, lines] of Object.entries(PRODUCTS)) {
    const text = [`code: ${code}`, 'effective_from: 2025-01-01', ...lines];
    loanbook(['product', 'apply', file(`${code}.yaml`, text)]);
  }
  if (reconciles) {
    const channel = ['code: WX', 'kind: channel', 'order_prefix: WX'];
    const columns = 'columns: {order_no: order, amount: amount, value_date: date}';
    loanbook(['channel', 'apply', file('wx.yaml', [...channel, columns])]);
  }
  loanbook(['import', 'loans', file('loans.csv', LOANS)]);
}

function close(day) {
  if (day === '2026-02-26') {
    const orders = ['WX1,PAID,2026-02-26,1066.19', 'WX2,LATE,2026-02-26,100.00'];
    const head = 'ref,loan_no,value_date,amount';
    loanbook(['import', 'repayments', file('orders.csv', [head, ...orders])]);
  }
  const events = EVENTS[day];
  if (events !== undefined) {
    loanbook(['import', 'events', file(`events-${day}.csv`, [EVENT_COLUMNS, ...events])]);
  }
  loanbook(['eod', 'run', '--date', day, '--tasks', '2', '--workers', '1']);
  if (day === '2026-02-26' && reconciles) {
    // One amount differs, one order is unknown to the book: two breaks.
    const lines = ['WX1,1066.19,2026-02-26', 'WX2,101.00,2026-02-26', 'WX9,77.00,2026-02-26'];
    const statement = file('statement.csv', ['order,amount,date', ...lines]);
    loanbook(['reconcile', 'channel', statement, ...BY], [3]);
  }
  if (day === '2026-02-28') closeMonth();
}

/** Later versions ask for a reason: no statement proves the money of these events. */
function closeMonth() {
  const words = ['gl', 'period', 'close', '2026-02', ...BY];
  if (loanbook(words, [0, 3]) === '') loanbook([...words, '--accept-unproven', 'made up']);
}

/** The dump without what psql alone reads, and without the name of the machine. */
function dump() {
  const args = ['--inserts', '--rows-per-insert=200', '--no-comments', process.env.DATABASE_URL];
  const { status, stdout, stderr } = spawnSync('pg_dump', args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`pg_dump: exit ${status}\n${stderr}`);
  const text = stdout
    .replace(/^(\\|--).*\n|^\n/gm, '')
    .replace(/'[^'\n]+\/(\d+)\/[0-9a-f]{8}-\d+'/g, "'host/$1/0-0'");
  writeFileSync(outFile, gzipSync(text, { level: 9 }));
}

try {
  mkdirSync(env.LOANBOOK_HOME);
  begin();
  for (const day of DAYS) close(day);
  process.stdout.write(loanbook(['check']));
  dump();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
