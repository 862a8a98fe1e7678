import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

/** A kind of input: a right one, the command that takes it, and what stands when it is taken. */
export interface InputKind {
  readonly name: string;
  readonly format: 'table' | 'document';
  readonly path: string;
  readonly original: string;
  readonly fileName: string;
  /** Words behind the command; FILE is the mutant, `@name` another file of `beside`. */
  readonly words: readonly string[];
  readonly beside?: Readonly<Record<string, string>>;
  /** What was taken, as text by column or path; without it, what the command prints. */
  readonly stored?: string;
  /** The command changes no book: that is asked once, in the end. */
  readonly isReading?: boolean;
  /** The book is a new one with a calendar; else it is the dumped one. */
  readonly isNew?: boolean;
  /** How many of a hundred mutants are of this kind. */
  readonly share: number;
}

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const lines = (...all: string[]) => all.map((line) => `${line}\n`).join('');
const later = (text: string) => text.replace('2000-01-01', '2026-05-01');
const ledger = later(read('config/ledger.yaml'));
const decimal = (column: string) => `round(${column} / 100.0, 2)::text`;

const LOANS = lines(
  'loan_no,product,principal,rate,periods,disbursed_on,first_due_on,paid_periods,org',
  'M-1,LP,10000.00,0.18,12,2026-03-03,,0,A',
  'M-2,LP,2500.50,0.15,6,2026-03-05,2026-04-20,0,B',
  'M-3,LP,8000.00,0.12,12,2026-01-15,,1,A',
);
const STORED_LOANS = `SELECT loan_no, ${decimal('principal')} AS principal, rate,
    periods::text AS periods, disbursed_on::text AS disbursed_on,
    coalesce(first_due_on::text, '') AS first_due_on, paid_periods::text AS paid_periods, org
  FROM loan WHERE import_id > 33 ORDER BY loan_no`;
const STORED_EVENTS = `SELECT e.ref, l.loan_no, e.value_date::text AS value_date,
    ${decimal('e.amount')} AS amount
  FROM event e JOIN loan l USING (bucket, loan_id) WHERE e.import_id > 33 ORDER BY ref, loan_no`;
const document = (table: string, order: string) =>
  `SELECT document FROM ${table} ORDER BY ${order} DESC LIMIT 1`;

const PRODUCT = lines(
  'code: MUT',
  'name: 综合消费贷',
  'currency: CNY',
  'effective_from: 2026-01-01',
  'repayment:',
  '  method: level_payment',
  '  periods: 12',
  '  interval: {every: 1, unit: month}',
  '  due_day: 15',
  'interest:',
  '  basis: 360',
  '  period_interest: monthly',
  '  rounding: half_up',
  'penalty:',
  '  rate: {multiple: 1.5}',
  '  grace_days: 3',
  'prepayment:',
  '  fee: {rate: 0.03, of: remaining_principal, free_after_period: 6}',
);
const CHANNEL = lines(
  'code: MU',
  'kind: channel',
  'name: 渠道',
  'order_prefix: MU',
  'accounts: {clearing: 1012.02, bank: 1002.01}',
  'file: {delimiter: ",", charset: utf-8, amount_unit: major}',
  'columns: {order_no: order, amount: amount, value_date: date, fee: fee, status: status}',
  'statuses: {success: [OK], failed: [NO]}',
  'tolerance: 5',
  'cross_days: 2',
);
const STATEMENT = lines(
  'order,amount,date',
  'WX1,100.00,2026-02-21',
  'WX2,101.00,2026-02-21',
  'WX777,55.00,2026-02-21',
);
/** The breaks that it leaves hang on what we have; its lines and their total are what it says. */
const STORED_STATEMENT = `SELECT lines::text AS lines, ${decimal('amount')} AS total
  FROM statement ORDER BY statement_id DESC LIMIT 1`;
const SIMULATION = JSON.stringify(
  {
    product: { code: 'LP', penalty: { rate: { multiple: 1.5 } } },
    policy: { non_accrual_after: 90 },
    calendar: { holidays: ['2026-10-01'], workdays: ['2026-10-10'] },
    loan: { principal: '10000.00', rate: '0.18', periods: 12, disbursed_on: '2026-01-15' },
    events: [
      { ref: 'R1', type: 'repayment', value_date: '2026-02-15', amount: '916.80' },
      { ref: 'W', type: 'waiver', value_date: '2026-03-20', amount: '5.00', component: 'penalty' },
    ],
    through: '2026-04-01',
  },
  null,
  1,
);
const CONTROLLED = lines(
  'code: CC',
  'kind: channel',
  'order_prefix: CC',
  'file: {control: {suffix: .ctl, deadline_hours: 12}}',
  'columns: {order_no: order, amount: amount, value_date: date}',
);

/** Channels that kinds of statements need in the book. */
export const CHANNELS: Readonly<Record<string, string>> = {
  'controlled.yaml': CONTROLLED,
  'bank.yaml': lines(
    'code: BB',
    'kind: bank',
    'columns: {order_no: order, amount: amount, value_date: date}',
  ),
};

const table = (kind: Omit<InputKind, 'format' | 'share'> & { share?: number }): InputKind => ({
  format: 'table',
  share: 6,
  ...kind,
});
const papers = (kind: Omit<InputKind, 'format' | 'share'> & { share?: number }): InputKind => ({
  format: 'document',
  share: 4,
  ...kind,
});

export const KINDS: readonly InputKind[] = [
  table({
    name: 'loans',
    path: 'import loans',
    original: LOANS,
    fileName: 'loans.csv',
    words: ['FILE'],
    stored: STORED_LOANS,
  }),
  table({
    name: 'schedules',
    path: 'import loans',
    original: lines(
      'loan_no,due_on,principal,interest,fee',
      'S-1,2026-05-20,800.00,155.00,',
      'S-1,2026-07-31,9200.00,331.20,5.00',
      'S-2,2026-04-03,100.00,1.00,',
    ),
    fileName: 'schedules.csv',
    words: ['@schedule-loans.csv', '--schedules', 'FILE'],
    beside: {
      'schedule-loans.csv': lines(
        'loan_no,product,principal,rate,disbursed_on',
        'S-1,LP,10000.00,0.1,2026-03-05',
        'S-2,LP,100.00,0.1,2026-03-05',
      ),
    },
    stored: `SELECT l.loan_no, d.due_on::text AS due_on, ${decimal('d.principal')} AS principal,
        ${decimal('d.interest')} AS interest
      FROM loan l JOIN schedule s USING (bucket, loan_id),
        unnest(s.due_on, s.principal, s.interest) AS d (due_on, principal, interest)
      WHERE l.import_id > 33 ORDER BY 1, 2`,
  }),
  table({
    name: 'repayments',
    path: 'import repayments',
    original: lines(
      'ref,loan_no,value_date,amount,type',
      'M1,CUT-1,2026-03-03,740.00,repayment',
      'M2,CUT-2,2026-03-02,10.50,repayment',
      'M3,LEAP-1,2026-03-04,12000.00,settlement',
    ),
    fileName: 'repayments.csv',
    words: ['FILE'],
    stored: STORED_EVENTS,
  }),
  table({
    name: 'events',
    path: 'import events',
    original: lines(
      'ref,loan_no,type,value_date,business_date,amount,component,seq,due_on',
      'M1,CUT-1,prepayment,2026-03-03,2026-03-04,3000.00,,,',
      'M2,CUT-2,waiver,2026-03-02,,5.00,interest,1,',
      'M3,LEAP-1,fee,2026-03-04,,30.00,fee,,2026-03-10',
    ),
    fileName: 'events.csv',
    words: ['FILE'],
    stored: STORED_EVENTS,
  }),
  papers({
    name: 'product',
    path: 'product apply',
    original: PRODUCT,
    fileName: 'product.yaml',
    words: ['FILE'],
    stored: document('product_version', 'product_id'),
    share: 8,
  }),
  papers({
    name: 'policy',
    path: 'policy apply',
    original: lines(
      'effective_from: 2026-05-01',
      'classification: {days_past_due: [0, 90, 270, 360]}',
      'non_accrual_after: 60',
      'cost_cap: {annual: 0.24}',
      'vat: {rate: 0.06, accrual_days: 90}',
    ),
    fileName: 'policy.yaml',
    words: ['FILE'],
    stored: document('policy_version', 'applied_at'),
  }),
  papers({
    name: 'calendar',
    path: 'calendar apply',
    original: lines(
      'holidays: [2031-01-01, 2031-10-01]',
      'workdays: [2031-10-11]',
      'years: [2031]',
    ),
    fileName: 'calendar.yaml',
    words: ['FILE'],
    isNew: true,
  }),
  papers({
    name: 'ledger',
    path: 'ledger apply',
    original: ledger,
    fileName: 'ledger.yaml',
    words: ['FILE'],
    stored: document('ledger_version', 'applied_at'),
    share: 3,
  }),
  papers({
    name: 'chart',
    path: 'gl chart apply',
    original: ledger.slice(0, ledger.indexOf('# `on`:')),
    fileName: 'chart.yaml',
    words: ['FILE'],
    stored: document('ledger_version', 'applied_at'),
    share: 3,
  }),
  papers({
    name: 'rules',
    path: 'gl rules apply',
    original: `effective_from: 2026-05-01\n${ledger.slice(ledger.indexOf('\nrules:') + 1)}`,
    fileName: 'rules.yaml',
    words: ['FILE'],
    stored: document('ledger_version', 'applied_at'),
    share: 3,
  }),
  papers({
    name: 'impairment',
    path: 'impairment apply',
    original: later(read('config/impairment.yaml')),
    fileName: 'impairment.yaml',
    words: ['FILE'],
    stored: document('impairment_version', 'applied_at'),
  }),
  papers({
    name: 'mapping',
    path: 'import loans',
    original: lines(
      'kind: loans',
      'columns:',
      '  loan_no: {from: id, prefix: LC-}',
      '  product: {from: term, values: {36: LP, 60: LEAP-365}}',
      '  principal: {from: amount}',
      '  rate: {from: rate, percent: true}',
      '  periods: {from: term}',
      '  disbursed_on: {from: issued, date: MMM-YYYY}',
      '  org: {constant: US}',
      'other_columns: ignore',
    ),
    fileName: 'mapping.yaml',
    words: ['@tape.csv', '--mapping', 'FILE'],
    beside: { 'tape.csv': lines('id,amount,term,rate,issued,x', '1,1000.00,36,14.07,Apr-2026,y') },
    stored: STORED_LOANS,
  }),
  papers({
    name: 'channel',
    path: 'channel apply',
    original: CHANNEL,
    fileName: 'channel.yaml',
    words: ['FILE'],
    stored: document('channel_version', 'channel_id'),
  }),
  table({
    name: 'channel statement',
    path: 'reconcile channel',
    original: STATEMENT,
    fileName: 'wx.csv',
    words: ['FILE', '--channel', 'WX', '--date', '2026-02-21', '--by', '甲'],
    stored: STORED_STATEMENT,
  }),
  table({
    name: 'bank statement',
    path: 'reconcile bank',
    original: lines('order,amount,date', 'ANY-1,100.00,2026-02-22', 'ANY-2,7.50,2026-02-22'),
    fileName: 'bank.csv',
    words: ['FILE', '--channel', 'BB', '--date', '2026-02-22', '--by', '甲'],
    stored: STORED_STATEMENT,
  }),
  table({
    name: 'control file',
    path: 'reconcile channel',
    original: 'cc.csv,1,5.00\n',
    fileName: 'cc.csv.ctl',
    words: ['@cc.csv', '--channel', 'CC', '--date', '2026-02-21', '--by', '甲'],
    beside: { 'cc.csv': lines('order,amount,date', 'CC1,5.00,2026-02-21') },
    stored: STORED_STATEMENT,
    share: 3,
  }),
  table({
    name: 'core balances',
    isReading: true,
    path: 'reconcile core',
    original: lines(
      'loan_no,principal,interest,days_past_due,classification,accruing',
      'CUT-1,300000.00,750.00,0,normal,true',
      'LARGE-1,24700000.00,0.00,0,正常,应计',
      'NEW-1,10.00,0.00,0,1,Y',
    ),
    fileName: 'core.csv',
    words: ['FILE', '--as-of', '2026-03-02'],
  }),
  table({
    name: 'vouchers',
    path: 'gl voucher import',
    original: lines(
      'voucher_no,date,account,debit,credit,memo',
      'V1,2026-03-03,1002.01,5.00,,房租',
      'V1,2026-03-03,6021.01,,5.00,房租',
      'V2,2026-03-03,6021.01,7.25,,b',
      'V2,2026-03-03,1002.01,,7.25,b',
    ),
    fileName: 'vouchers.csv',
    words: ['FILE', '--by', '甲'],
    stored: `SELECT v.voucher_no, v.dated_on::text AS date, a.code AS account,
        CASE WHEN l.amount > 0 THEN ${decimal('l.amount')} ELSE '' END AS debit,
        CASE WHEN l.amount < 0 THEN ${decimal('-l.amount')} ELSE '' END AS credit
      FROM manual_voucher v JOIN manual_voucher_line l USING (voucher_id)
        JOIN account a USING (account_id) ORDER BY 1, l.line`,
  }),
  papers({
    name: 'voucher layout',
    isReading: true,
    path: 'gl export vouchers',
    original: read('config/layouts/voucher-lines.yaml'),
    fileName: 'layout.yaml',
    words: ['--layout', 'FILE', '--from', '2026-02-20', '--to', '2026-02-20', '--out', '@out.csv'],
    share: 3,
  }),
  papers({
    name: 'simulation',
    isReading: true,
    path: 'simulate',
    original: SIMULATION,
    fileName: 'simulate.json',
    words: ['FILE'],
    share: 10,
  }),
  papers({
    name: 'simulation lines',
    isReading: true,
    path: 'simulate',
    original: `${JSON.stringify(JSON.parse(SIMULATION))}\n`.repeat(2),
    fileName: 'simulate.jsonl',
    words: ['--lines', 'FILE'],
    share: 8,
  }),
  papers({
    name: 'quoted product',
    isReading: true,
    path: 'quote',
    original: PRODUCT,
    fileName: 'quoted.yaml',
    words: ['FILE', '--principal', '10000', '--rate', '0.18', '--disbursed-on', '2026-01-15'],
    share: 6,
  }),
];
