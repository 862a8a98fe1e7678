import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';
import { type InputKind, lines, STORED_LOANS } from './input-kind.js';

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const later = (text: string) => text.replace('2000-01-01', '2026-05-01');
const ledger = later(read('config/ledger.yaml'));
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
const papers = (kind: Omit<InputKind, 'format' | 'share'> & { share?: number }): InputKind => ({
  format: 'document',
  share: 4,
  ...kind,
});

export const DOCUMENT_KINDS: readonly InputKind[] = [
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
    // The book of the version before has no account 1221.03 and none of joint loans: its rules alone
    // would be refused.
    original: `effective_from: 2026-05-01\n${ledger
      .slice(ledger.indexOf('\nrules:') + 1, ledger.indexOf('  # 联合贷: what the others have'))
      .replace(/^.*1221\.03.*\n/gm, '')}`,
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
