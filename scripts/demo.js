// npm run demo: a loan book from nothing to a tied month end, in the terminal.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'bin/loanbook.js');
const book = process.env.LOANBOOK_DEMO_BOOK ?? join(root, '.loanbook/demo');
const data = join(book, 'data');
const LOANS = process.env.LOANBOOK_DEMO_LOANS ?? '20000';
const START = '2026-03-28';
const LAST = '2026-04-02';

// The demo has a server of its own, whatever the environment names.
const env = { ...process.env, LOANBOOK_HOME: book };
for (const name of Object.keys(env)) {
  if (name === 'DATABASE_URL' || /^PG[A-Z]+$/.test(name)) delete env[name];
}

function say(text) {
  process.stdout.write(`\n\x1b[1m${text}\x1b[0m\n`);
}

function loanbook(...words) {
  process.stdout.write(`\x1b[2m$ loanbook ${words.join(' ').replaceAll(`${data}/`, '')}\x1b[0m\n`);
  const ended = spawnSync(process.execPath, [bin, ...words], { stdio: 'inherit', env });
  if (ended.status !== 0) process.exit(ended.status ?? 1);
}

function daysFrom(first, last) {
  const days = [];
  for (let ms = Date.parse(first); ms <= Date.parse(last); ms += 86_400_000) {
    days.push(new Date(ms).toISOString().slice(0, 10));
  }
  return days;
}

const started = Date.now();
spawnSync(process.execPath, [bin, 'db', 'stop', '--quiet'], { stdio: 'ignore', env });
rmSync(book, { recursive: true, force: true });

say(`1. A book of ${Number(LOANS).toLocaleString('en-US')} consumer loans`);
const days = daysFrom(START, LAST);
loanbook(
  'generate',
  '--loans',
  LOANS,
  '--seed',
  '7',
  '--out',
  data,
  '--start',
  START,
  '--days',
  String(days.length),
);
loanbook(
  'init',
  '--entity',
  '示例消费金融',
  '--currency',
  'CNY',
  '--calendar',
  'cn',
  '--first-business-date',
  START,
);
const products = readdirSync(join(data, 'products')).map((name) => join(data, 'products', name));
loanbook('product', 'apply', ...products);
loanbook('import', 'loans', join(data, 'loans.csv'));

say(`2. Close ${days.length} days over the month end, with their repayments`);
for (const day of days) {
  loanbook('import', 'repayments', join(data, `repayments-${day}.csv`), '--quiet');
  loanbook('eod', 'run', '--date', day);
}

say('3. Prove that it ties');
loanbook('check');
say('4. The portfolio by class, and the trial balance');
loanbook('portfolio');
loanbook('gl', 'trial-balance');

const firstLoan = readFileSync(join(data, 'loans.csv'), 'utf8').split('\n')[1].split(',')[0];
const seconds = Math.round((Date.now() - started) / 1000);
say(`Done in ${seconds} s. Try next:`);
process.stdout.write(`  export LOANBOOK_HOME=${book}
  node bin/loanbook.js loan show ${firstLoan}
  node bin/loanbook.js runs list
  node bin/loanbook.js eod run            # closes the day after ${LAST}
  node bin/loanbook.js --help
`);
