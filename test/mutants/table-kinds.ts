import { decimal, type InputKind, lines, STORED_LOANS } from './input-kind.js';

const LOANS = lines(
  'loan_no,product,principal,rate,periods,disbursed_on,first_due_on,paid_periods,org',
  'M-1,LP,10000.00,0.18,12,2026-03-03,,0,A',
  'M-2,LP,2500.50,0.15,6,2026-03-05,2026-04-20,0,B',
  'M-3,LP,8000.00,0.12,12,2026-01-15,,1,A',
);
const STORED_EVENTS = `SELECT e.ref, l.loan_no, e.value_date::text AS value_date,
    ${decimal('e.amount')} AS amount
  FROM event e JOIN loan l USING (bucket, loan_id) WHERE e.import_id > 33 ORDER BY ref, loan_no`;
const STATEMENT = lines(
  'order,amount,date',
  'WX1,100.00,2026-02-21',
  'WX2,101.00,2026-02-21',
  'WX777,55.00,2026-02-21',
);
/** The breaks that it leaves hang on what we have; its lines and their total are what it says. */
const STORED_STATEMENT = `SELECT lines::text AS lines, ${decimal('amount')} AS total
  FROM statement ORDER BY statement_id DESC LIMIT 1`;
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

export const TABLE_KINDS: readonly InputKind[] = [
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
];
