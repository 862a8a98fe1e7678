import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/package-root.js';
import { DUMPED_OPEN_DAY } from '../../upgrade/dumped-book.js';

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const from = (day: string, text: string) => text.replace('2000-01-01', day);
/** A funding plan of the lender alone. */
const ownPlan = (code: string, from: string) =>
  `code: ${code}\nversion: 1\neffective_from: ${from}\nparties: [{party: OWN, part: 1, own: true}]\n`;
const later = (text: string) => from('2026-05-01', text);
const ledger = read('config/ledger.yaml');
const chart = ledger.slice(0, ledger.indexOf('# `on`:'));
const rules = `effective_from: 2000-01-01\n${ledger.slice(ledger.indexOf('\nrules:') + 1)}`;
// The book of the version before has no account 1221.03 and none of joint loans: rules alone that name
// them are refused.
const olderRules = rules
  .slice(0, rules.indexOf('  # 联合贷: what the others have'))
  .replace(/^.*1221\.03.*\n/gm, '');
const today = (text: string) => from(DUMPED_OPEN_DAY, text);

/** Two jobs, the second behind the first, for the day that the dumped book has open. */
const PLAN = {
  plan: 'NIGHT',
  version: 1,
  first_date: DUMPED_OPEN_DAY,
  at: '00:30',
  // One night, which is due whatever the day is.
  on: { months: [3], month_day: [3], weekdays: ['tue'] },
  jobs: [
    { job: 'first', program: ['true'] },
    { job: 'second', program: ['true'], needs: ['first'] },
  ],
};
/** A plan of one job that ends so. */
const ending = (plan: string, script: string) =>
  JSON.stringify({ ...PLAN, plan, jobs: [{ job: 'first', program: ['sh', '-c', script] }] });
const circle = { ...PLAN, jobs: [{ job: 'first', program: ['true'], needs: ['first'] }] };

const SIMULATION = {
  product: { code: 'P' },
  loan: { principal: '10000.00', rate: '0.18', periods: 12, disbursed_on: '2026-01-15' },
};

/** Files of these tests are in UTF-8. */
const SNAPSHOT_LAYOUT = read('fixtures/funding/layouts/snapshot.yaml').replace(
  'charset: gb18030\n',
  '',
);

/** Snapshots of a partner: without a loan, with one that we do not have, cut off. */
function snapshots(): Readonly<Record<string, string>> {
  const titles = '借据号,状态,五级分类,本金余额,利息余额,罚息余额,复利余额,币种';
  const name = (version: number) => `loan_init_20260302_v${version}.csv`;
  const loan = 'X1,正常,正常,1.00,0.00,0.00,0.00,CNY';
  const files = [
    [titles, '合计,0,0.00'],
    [titles, loan, '合计,1,1.00'],
    [titles, loan, '合计,2,1.00'],
    [titles, '合计,0,0.00'],
    [titles, loan.replace('正常', '好'), '合计,1,1.00'],
  ];
  return Object.fromEntries(
    files.flatMap((lines, at): [string, string][] => [
      [name(at + 1), lines.map((line) => `${line}\n`).join('')],
      ...(at === 3
        ? []
        : [[`${name(at + 1)}.ok`, `${at === 0 ? '0,0.00' : '1,1.00'}`] as [string, string]]),
    ]),
  );
}

/** A result of one line or none, and its control file. */
function answers(name: string, line: string): Record<string, string> {
  return {
    [`${name}.csv`]: `order_no,word,amount,code,channel_date\n${line}`,
    [`${name}.csv.ok`]: line === '' ? '0,0.00\n' : '1,1.00\n',
  };
}

/** The files that rows name by `@name`. A file of `missing` is not there. */
const FILES: Readonly<Record<string, string>> = {
  'product.yaml': 'code: NEW\neffective_from: 2026-01-01\n',
  'policy.yaml': 'effective_from: 2026-05-01\nnon_accrual_after: 60\n',
  'policy-today.yaml': 'effective_from: 2026-03-03\nnon_accrual_after: 60\n',
  'ledger.yaml': later(ledger),
  'ledger-today.yaml': today(ledger),
  'chart.yaml': later(chart),
  'chart-today.yaml': today(chart),
  'rules.yaml': later(rules),
  'rules-today.yaml': today(olderRules),
  'ledger-old.yaml': from('2026-02-14', ledger),
  'calendar.yaml': 'holidays: [2030-01-01]\nworkdays: []\n',
  'impairment.yaml': later(read('config/impairment.yaml')),
  'layout.yaml': read('config/layouts/voucher-lines.yaml'),
  'rows.yaml': read('fixtures/layouts/repayments.yaml'),
  'rows.txt': read('fixtures/layouts/repayments.txt'),
  'rows-bad.txt': read('fixtures/layouts/repayments.txt').replace('20260315', '20260230'),
  'partner.yaml': read('fixtures/funding/partner.yaml'),
  'partner-today.yaml': `code: P1\nversion: 2\neffective_from: ${DUMPED_OPEN_DAY}\n`,
  'partner-layout.yaml': SNAPSHOT_LAYOUT,
  'partner-layout-2.yaml': read('fixtures/funding/layouts/disbursement.yaml'),
  'partner-layout-today.yaml': SNAPSHOT_LAYOUT.replace(
    'code: P1-SNAP',
    `code: P1-SNAP\nversion: 2\neffective_from: ${DUMPED_OPEN_DAY}`,
  ),
  'partner-layout-bad.yaml': 'code: X\nfamily: loans\n',
  ...snapshots(),
  'partner-bad.yaml': 'code: P1\nrole: friend\n',
  'guarantor.yaml': read('fixtures/funding/guarantor.yaml'),
  'guarantee.yaml': read('fixtures/funding/guarantee.yaml'),
  'guarantee-today.yaml': `code: GA-1\nversion: 2\neffective_from: ${DUMPED_OPEN_DAY}\nguarantor: G1\n`,
  'guarantee-bad.yaml': 'code: GA-2\nguarantor: G9\n',
  'assignment.yaml': read('fixtures/funding/assignment.yaml'),
  'assignment-refused.yaml':
    'code: BACK\nkind: buy_back\nday: 2026-03-02\nbuyer: P1\nplan: own\nloans: [NONE]\n',
  'assignment-bad.yaml': 'code: POOL\nday: 2026-03-02\nbuyer: P1\nplan: own\nloans: [A, A]\n',
  'claim-answers.csv': 'loan_no,kind,seq,amount,ref\n',
  'answers-bad.csv': 'loan_no,kind,seq,amount,ref\nNONE,refusal,1,,K1\n',
  'merchant.yaml': read('fixtures/funding/merchant.yaml'),
  'merchant-today.yaml': `code: M1\nversion: 2\neffective_from: ${DUMPED_OPEN_DAY}\n`,
  'refunds.csv': 'refund_no,order_no,amount\n',
  'refunds-bad.csv': 'refund_no,order_no,amount\nF1,NONE,1.00\n',
  'merchant-bad.yaml': 'code: M1\ndays: -1\n',
  'applications.csv': read('fixtures/funding/applications.csv'),
  'applications-bad.csv': 'id,at,customer,amount,term,rate\n1,25:00,C1,100.00,12,0.18\n',
  'split.json': read('fixtures/funding/split.json'),
  'funding-plan.yaml': ownPlan('OWN-1', '2026-05-01'),
  'funding-plan-today.yaml': ownPlan('OWN-2', DUMPED_OPEN_DAY),
  'mask.json': read('fixtures/operations/mask.json'),
  'simulate.json': JSON.stringify(SIMULATION),
  'plan.yaml': JSON.stringify(PLAN),
  'plan-circle.yaml': JSON.stringify(circle),
  'plan-1.yaml': ending('FAILS', 'exit 1'),
  'plan-3.yaml': ending('DIFFERS', 'exit 3'),
  'plan-4.yaml': ending('REJECTS', 'exit 4'),
  'plan-once.yaml': ending('ONCE', 'test -e {book}/once || (touch {book}/once; exit 1)'),
  'inbox.yaml':
    'version: 1\nfolders: {inbox: in, work: work}\n' +
    'rules: [{file: repayments, name: "repay-{yyyymmdd}.csv", settle: 0s},\n' +
    '  {file: bank, name: "bank-{date}.txt", control: .ok, settle: 0s}]\n',
  ...answers('answers', ''),
  ...answers('answers-word', 'QQ-1-1-1-1,OK,1.00,,\n'),
  ...answers('answers-of-others', 'QQ-9-1-1-1,S,1.00,,\n'),
  'answers-early.csv': 'order_no,word,amount,code,channel_date\n',
  'empty.csv': '',
  'fit.csv':
    'loan_no,principal,rate,periods,disbursed_on,installment\nF1,10000.00,0.18,12,2026-01-15,916.80\n',
  'their-balances.csv': 'loan_no,principal_not_due\nNOBODY,1.00\n',
  'loans.csv':
    'loan_no,product,principal,rate,periods,disbursed_on\nN1,LP,1000.00,0.1,12,2026-03-03\n' +
    'N5,LP,1000.00,0.1,12,2026-03-01\n',
  'loans-bad.csv': 'loan_no,product,principal,rate,disbursed_on\nN2,LP,x,0.1,2026-03-03\n',
  'parties.csv': 'party,name,phone\nC1,王小二,13800138000\n',
  'erasures.json': '{"erasures": []}\n',
  'parties-bad.csv': 'party,name,phone\nC2,王小二,1\n',
  'balances.csv': 'loan_no,principal_not_due\nN5,1000.00\n',
  'balances-bad.csv': 'loan_no,principal_not_due\nN6,1000.00\n',
  'repayments.csv': 'ref,loan_no,value_date,amount\nQ1,CUT-1,2026-03-03,10.00\n',
  'repayments-bad.csv': 'ref,loan_no,value_date,amount\nQ2,CUT-1,2026-03-03,x\n',
  'events.csv': 'ref,loan_no,type,value_date,amount\nQ3,CUT-1,fee,2026-03-03,1.00\n',
  'events-bad.csv': 'ref,loan_no,type,value_date,amount\nQ4,CUT-1,none,2026-03-03,1.00\n',
  'manual.csv':
    'voucher_no,date,account,debit,credit,memo\n' +
    'M1,2026-03-03,1002.01,5.00,,a\nM1,2026-03-03,6021.01,,5.00,a\n' +
    'M2,2026-03-03,1002.01,6.00,,b\nM2,2026-03-03,6021.01,,6.00,b\n',
  'manual-more.csv':
    'voucher_no,date,account,debit,credit,memo\n' +
    'M4,2026-03-03,1002.01,7.00,,a\nM4,2026-03-03,6021.01,,7.00,a\n',
  'manual-cut.csv':
    'voucher_no,date,account,debit,credit,memo\nM9,2026-03-03,1002.01,5.00,,a\nM9,2026-03-03,6021.01,,5.00,a',
  'manual-bad.csv': 'voucher_no,date,account,debit,credit,memo\nM3,2026-03-03,1002.01,5.00,,a\n',
  'channel.yaml':
    'code: QQ\nkind: channel\norder_prefix: QQ\n' +
    'columns: {order_no: order, amount: amount, value_date: date}\n',
  'bank.yaml':
    'code: BB\nkind: bank\ncolumns: {order_no: order, amount: amount, value_date: date}\n',
  'quiet-channel.yaml':
    'code: QQ\nkind: channel\norder_prefix: QQ\naccounts: {clearing: 6421.01, fee: 6702.02}\n' +
    'columns: {order_no: order, amount: amount, value_date: date}\n',
  'quiet.csv': 'order,amount,date\n',
  'quiet-bank.csv': 'order,amount,date\n',
  'wx.csv': 'order,amount,date\nWX500,5.00,2026-02-21\n',
  'wx-later.csv': 'order,amount,date\nWX501,5.00,2026-03-09\n',
  'bank.csv': 'order,amount,date\nSOMEBODY,5.00,2026-02-22\n',
  'core-other.csv': 'loan_no,principal\nCUT-1,1.00\n',
};

/** A migration of one file, of repayments unless another kind is named. */
function set(file: string, rows: number, amount: string, kind = 'repayments'): string {
  const sha256 = createHash('sha256').update(FILES[file]!).digest('hex');
  const totals = { [kind === 'balances' ? 'principal_not_due' : 'amount']: amount };
  return JSON.stringify({ set: 'first', files: [{ kind, file, rows, totals, sha256 }] });
}

const SETS: Readonly<Record<string, string>> = {
  'set.yaml': set('repayments.csv', 1, '10.00'),
  'set-other.yaml': set('repayments.csv', 2, '10.00'),
  'set-balances.yaml': set('balances-bad.csv', 1, '1000.00', 'balances'),
  'set-bad.yaml': set('repayments-bad.csv', 1, '0.00'),
};

/** What lies in the inbox: one that is ready at the second look, and one that is held. */
const INBOX: Readonly<Record<string, string>> = {
  'repay-20260303.csv': FILES['repayments.csv']!,
  'bank-2026-03-03.txt': 'abc',
  'bank-2026-03-03.txt.ok': 'size=2\n',
};

/** Writes files of others into an inbox. */
export function writeInbox(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(INBOX)) writeFileSync(join(folder, name), text);
}

/** A backup by its manifest alone: its one file is missing. */
const BACKUP = `${JSON.stringify({
  ...{ format: 1, backup: '20260303T013000000Z', kind: 'base' },
  ...{ startedAt: '2026-03-03T01:30:00.000Z', takenAt: '2026-03-03T01:31:00.000Z' },
  book: {
    ...{ entity: 'T', currency: 'CNY', firstBusinessDate: '2026-02-14' },
    ...{ businessDate: '2026-03-03', system: '7', database: 'loanbook', server: '18.4' },
    ...{ schema: 33, sealedDay: '2026-03-02', chainHash: 'ab'.repeat(32), keys: [] },
  },
  ...{ walFrom: '0/3000028', walTo: '0/3000158', bytes: 3, folders: [] },
  files: [{ path: 'PG_VERSION', bytes: 3, sha256: 'cd'.repeat(32) }],
})}\n`;

function writeBackup(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const sha256 = createHash('sha256').update(BACKUP).digest('hex');
  writeFileSync(join(folder, 'manifest.json'), BACKUP);
  writeFileSync(join(folder, 'manifest.json.sha256'), `${sha256}  manifest.json\n`);
}

/** Writes them all into a folder that is theirs. */
export function writeFiles(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries({ ...FILES, ...SETS })) {
    writeFileSync(join(folder, name), text);
  }
  writeBackup(join(folder, 'backups/20260303T013000000Z'));
}
