// Makes the dump of a book that test/upgrade/upgrade.test.ts brings up to date. Run it in a checkout of
// the version to upgrade from, with DATABASE_URL naming an empty database of PostgreSQL 15:
//   node scripts/make-upgrade-book.js fixtures/upgrade/book-0018.sql.gz
// Every loan and event is made up. What the old program loses is in fixtures/upgrade/lost.json.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const FIRST_DAY = '2026-02-14';
const DAYS = 17;
const LOANS = 180;

const [outFile] = process.argv.slice(2);
if (!outFile) throw new Error('name the file to write');
if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL must name an empty database');
const folder = mkdtempSync(join(tmpdir(), 'loanbook-upgrade-'));
const env = { ...process.env, LOANBOOK_HOME: join(folder, 'home') };

/** Runs a command; `codes` are the exit codes that the book needs of it. */
function loanbook(words, codes = [0]) {
  const args = [join(root, 'bin/loanbook.js'), '-q', ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (codes.includes(status)) return stdout;
  throw new Error(`loanbook ${words.join(' ')}: exit ${status}\n${stdout}${stderr}`);
}

function file(name, lines) {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

function dayAfter(first, days) {
  return new Date(Date.parse(first) + days * 86_400_000).toISOString().slice(0, 10);
}

const daily = 'period_interest: actual_days';
/** Beside those of `generate`: one for the losses, the others with keys that later are refused. */
const PRODUCTS = {
  LP: ['repayment: {method: level_payment}', 'penalty: {rate: {multiple: 1.5}}'],
  'LEAP-365': ['interest: {basis: 365, leap_year: feb_29_period}'],
  'CUT-INTEREST': [
    'repayment: {method: interest_only}',
    `interest: {basis: actual, ${daily}, year_cut: jan_1}`,
  ],
  'CARRY-FLAT': ['repayment: {method: flat_interest, carry_fraction: true}'],
  'MULTIPLE-EQUAL': ['repayment: {method: equal_principal, payment_multiple: 1.00}'],
  'DECIMALS-DAYS': [`interest: {basis: 365, ${daily}, monthly_rate_decimals: 6}`],
  'FIRST-DAYS': [`interest: {basis: 365, ${daily}, first_period: whole_period}`],
  'FLAT-DOWN': [
    'repayment: {method: flat_interest, flat_total: true, down_payment: {percent: 25}}',
  ],
};

const PEOPLE = ['--by', '甲'];

/** loan_no, product, principal, rate, periods, disbursed_on, first_due_on, paid_periods, org */
const OWN_LOANS = [
  ...[1, 2, 4, 5, 6].map((n) => `LOSS-${n},LP,10000.00,0.18,12,2026-01-15,,0,head`),
  'LOSS-3,LP,10000.00,0.18,12,2026-02-14,,0,head',
  'LEAP-1,LEAP-365,36000.00,0.12,36,2026-01-20,,0,head',
  'CUT-1,CUT-INTEREST,300000.00,0.06,30,2026-01-17,,0,head',
  'CUT-2,CUT-INTEREST,120000.00,0.06,30,2026-01-22,,0,head',
  'CARRY-1,CARRY-FLAT,9000.00,0.1,18,2026-01-19,,0,head',
  'MULTIPLE-1,MULTIPLE-EQUAL,10000.00,0.12,7,2026-01-24,,0,head',
  'DECIMALS-1,DECIMALS-DAYS,15000.00,0.137,18,2026-01-25,,0,head',
  'FIRST-1,FIRST-DAYS,15000.00,0.137,18,2026-02-10,2026-02-26,0,head',
  'DOWN-1,FLAT-DOWN,1200.00,0.08,3,2026-02-15,,0,head',
  'LARGE-1,LP,25000000.00,0.1,240,2026-01-20,,0,head',
  'LATER-1,LP,5000.00,0.18,12,2026-03-04,,0,head',
  'FAR-1,LP,5000.00,0.18,12,2031-06-01,,0,head',
];

const EVENT_COLUMNS =
  'ref,loan_no,type,value_date,business_date,amount,component,seq,due_on,early_payment,rate,of,buyer';

/** Histories in which the old program loses money: the values of EVENT_COLUMNS. */
const LOSSES = [
  'S,LOSS-1,settlement,2026-02-20,,,,,,,,,',
  'R1,LOSS-1,repayment,2026-02-15,2026-02-24,916.80,,,,,,,',
  'R1,LOSS-2,repayment,2026-02-15,,916.80,,,,,,,',
  'P,LOSS-2,prepayment,2026-02-20,,3000.00,,,,,,,',
  'X,LOSS-2,reversal,2026-02-24,,,,,,,,R1,',
  'R,LOSS-3,repayment,2026-02-16,,500.00,,,,,,,',
  'Z,LOSS-3,suspense_refund,2026-02-18,,500.00,,,,,,,',
  'X,LOSS-3,reversal,2026-02-24,,,,,,,,R,',
  'R1,LOSS-4,repayment,2026-02-15,,916.80,,,,,,,',
  'S,LOSS-4,settlement,2026-02-20,,,,,,,,,',
  'V,LOSS-4,waiver,2026-02-18,2026-02-24,5.00,interest,2,,,,,',
  'W,LOSS-5,write_off,2026-02-16,,,,,,,,,',
  'K,LOSS-5,recovery,2026-02-18,,100.00,,,,,,,',
  'X,LOSS-5,reversal,2026-02-24,,,,,,,,W,',
  'R1,LOSS-6,repayment,2026-02-15,,916.80,,,,,,,',
  'S,LOSS-6,settlement,2026-02-20,,9256.28,,,,,,,',
  'X,LOSS-6,reversal,2026-02-24,,,,,,,,R1,',
];

const OTHERS = [
  'R1,CUT-1,repayment,2026-02-17,,1550.00,,,,,,,',
  'P1,CUT-2,repayment,2026-02-24,,20000.00,,,,prepay,,,',
  'R1,LEAP-1,repayment,2026-02-20,,1195.80,,,,,,,',
  'R1,LARGE-1,repayment,2026-02-20,,300000.00,,,,,,,',
  'C1,LARGE-1,rate_change,2026-02-25,,,,,,,0.09,,',
  'F1,MULTIPLE-1,fee,2026-02-18,,12.00,fee,,2026-02-24,,,,',
  'R1,MULTIPLE-1,repayment,2026-02-24,2026-02-26,1540.00,,,,,,,',
];

/** One history after the other over the loans that `generate` made and that do not settle. */
const SCRIPTS = [
  (no) => [`P,${no},prepayment,2026-02-16,,300.00,,,,,,,`],
  (no) => [`S,${no},settlement,2026-02-19,,,,,,,,,`],
  (no) => [`W,${no},write_off,2026-02-18,,,,,,,,,`, `K,${no},recovery,2026-02-21,,88.00,,,,,,,`],
  (no) => [`L,${no},repayment,2026-02-17,2026-02-23,120.00,,,,,,,`],
  (no) => [`B,${no},repayment,2026-02-18,,450.00,,,,,,,`, `X,${no},reversal,2026-02-25,,,,,,,,B,`],
  (no) => [`F,${no},fee,2026-02-17,2026-02-22,15.00,fee,,2026-02-24,,,,`],
  (no) => [`C,${no},rate_change,2026-02-20,,,,,,,0.1,,`],
  (no) => [`M,${no},merchant_refund,2026-02-21,,200.00,,,,,,,`],
  (no) => [`T,${no},transfer,2026-02-26,,700.00,,,2026-03-10,,,,乙公司`],
  (no) => [
    `H,${no},repayment,2026-02-15,,5000.00,,,,hold,,,`,
    `Z,${no},suspense_refund,2026-02-17,,100.00,,,,,,,`,
  ],
  (no) => [`E,${no},repayment,2026-02-22,,800.00,,,,prepay,,,`],
];

/** What waits for the days after the last one that is closed. */
const WAITING = [
  'N1,CUT-1,repayment,2026-03-03,2026-03-04,50000.00,,,,prepay,,,',
  'N2,LEAP-1,repayment,2026-03-03,,500.00,,,,prepay,,,',
  'N3,CARRY-1,repayment,2026-03-03,,300.00,,,,,,,',
  'N4,LARGE-1,repayment,2026-03-03,,1000000.00,,,,prepay,,,',
  'FAR,LARGE-1,repayment,2031-01-01,,1.00,,,,,,,',
];

function begin(data) {
  const book = ['--entity', '升级示例', '--currency', 'CNY', '--calendar', 'none'];
  loanbook(['init', ...book, '--first-business-date', FIRST_DAY]);
  const documents = readdirSync(join(data, 'products')).map((name) => join(data, 'products', name));
  for (const [code, lines] of Object.entries(PRODUCTS)) {
    documents.push(file(`${code}.yaml`, [`code: ${code}`, 'effective_from: 2025-01-01', ...lines]));
  }
  loanbook(['product', 'apply', ...documents]);
  loanbook(['impairment', 'apply', join(root, 'config/impairment.yaml')]);
  const channel = ['code: WX', 'kind: channel', 'order_prefix: WX'];
  const columns = 'columns: {order_no: order, amount: amount, value_date: date}';
  loanbook(['channel', 'apply', file('wx.yaml', [...channel, columns])]);
  loanbook(['import', 'loans', join(data, 'loans.csv')]);
  const columnsOfLoans =
    'loan_no,product,principal,rate,periods,disbursed_on,first_due_on,paid_periods,org';
  loanbook(['import', 'loans', file('own-loans.csv', [columnsOfLoans, ...OWN_LOANS])]);
}

/** Events with a value date or a business date: the day on which they are sent. */
function sentOn(line) {
  const [, , , valueDate, businessDate] = line.split(',');
  return businessDate || valueDate;
}

function orders(numbers) {
  const lines = numbers.map((no, at) => `WX${at + 1},${no},2026-02-20,${100 + at}.00`);
  return file('orders.csv', ['ref,loan_no,value_date,amount', ...lines]);
}

/** One order is not there, one amount differs, one order is unknown to the book. */
function statement(count) {
  const lines = Array.from({ length: count - 1 }, (_none, at) => {
    return `WX${at + 1},${100 + at + (at === 2 ? 1 : 0)}.00,2026-02-20`;
  });
  return file('statement.csv', ['order,amount,date', ...lines, 'WX999,77.00,2026-02-20']);
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
    .replace(/^\\.*\n/gm, '')
    .replace(/'[^'\n]+\/(\d+)\/[0-9a-f]{8}-\d+'/g, "'host/$1/0-0'");
  writeFileSync(outFile, gzipSync(text, { level: 9 }));
}

function run() {
  const data = join(folder, 'data');
  mkdirSync(env.LOANBOOK_HOME);
  const size = ['--loans', String(LOANS), '--seed', '18', '--days', String(DAYS)];
  loanbook(['generate', ...size, '--start', FIRST_DAY, '--out', data]);
  begin(data);
  const days = Array.from({ length: DAYS }, (_none, at) => dayAfter(FIRST_DAY, at));
  const settled = days
    .flatMap((day) => readFileSync(join(data, `repayments-${day}.csv`), 'utf8').split('\n'))
    .filter((line) => line.endsWith(',settlement'))
    .map((line) => line.split(',')[1]);
  const free = readFileSync(join(data, 'loans.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .filter(([no, , , , , disbursedOn]) => disbursedOn < '2026-02' && !settled.includes(no))
    .map(([no]) => no);
  const told = SCRIPTS.flatMap((script, at) =>
    [0, 1, 2].flatMap((turn) => script(free[turn * SCRIPTS.length + at])),
  );
  const events = [...LOSSES, ...OTHERS, ...told];
  const paying = free.slice(-10);
  for (const day of days) {
    loanbook(['import', 'repayments', join(data, `repayments-${day}.csv`)]);
    const ofDay = events.filter((line) => sentOn(line) === day);
    if (ofDay.length > 0) {
      loanbook(['import', 'events', file(`events-${day}.csv`, [EVENT_COLUMNS, ...ofDay])]);
    }
    if (day === '2026-02-20') loanbook(['import', 'repayments', orders(paying)]);
    if (day === '2026-02-23') loanbook(['impairment', 'run', '--as-of', '2026-02-22', ...PEOPLE]);
    loanbook(['eod', 'run', '--date', day]);
    if (day === '2026-02-20') {
      loanbook(['reconcile', 'channel', statement(paying.length), ...PEOPLE], [3]);
    }
    if (day === '2026-03-01') loanbook(['gl', 'period', 'close', '2026-02', ...PEOPLE]);
  }
  loanbook(['import', 'events', file('waiting.csv', [EVENT_COLUMNS, ...WAITING])]);
  process.stdout.write(loanbook(['check']));
}

try {
  run();
  dump();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
