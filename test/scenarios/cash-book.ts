import { formatDay, parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { formatAmount, parseAmount } from '../../src/accounting/money/amount-text.js';
import { trialBalance } from '../../src/jobs/ledger/trial-balance.js';
import { cashLoanOf } from '../histories/random-cash.js';
import { type ModelDocument, modelLoan } from '../model/model.js';
import { comparable, HistoryBook } from './history-book.js';

const FROM = parseDay('2026-01-20')!;
const DAYS = 40;
const THROUGH = FROM + DAYS - 1;

type Product = ModelDocument['product'];

const WEEKLY = { every: 1, unit: 'week' } as const;
const DECADE = { every: 10, unit: 'day' } as const;
const FEE = { rate: '0.02', of: 'prepaid_principal' } as const;

/** Products of every method; instalments fall due within the days of the book. */
const PRODUCTS: readonly Product[] = [
  { repayment: { method: 'level_payment' } },
  {
    repayment: { method: 'level_payment' },
    prepayment: {
      partial: { keep: 'payment', interest_on: 'whole_balance' },
      fee: { rate: '0.03' },
    },
  },
  {
    repayment: { method: 'level_payment', interval: WEEKLY },
    penalty: { grace_days: 3, compound_interest: true },
    allocation: { early_payment: 'pay_next' },
  },
  { repayment: { method: 'level_payment_solved', due_day: 5 }, interest: { basis: 365 } },
  {
    repayment: { method: 'level_payment_actuarial', interval: DECADE },
    interest: { basis: 'actual', period_interest: 'actual_days' },
  },
  {
    repayment: { method: 'equal_principal', interval: WEEKLY },
    penalty: { rate: { annual: '0.27' } },
    prepayment: { fee: FEE },
  },
  { repayment: { method: 'flat_interest', interval: DECADE }, prepayment: { fee: FEE } },
  { repayment: { method: 'flat_interest', flat_total: true } },
  {
    repayment: { method: 'interest_only', interval: DECADE },
    prepayment: { interest_to: 'next_due' },
  },
  { repayment: { method: 'bullet', interval: DECADE }, allocation: { early_payment: 'prepay' } },
  { repayment: { method: 'daily_interest' }, interest: { rate_unit: 'day' } },
  {
    repayment: { method: 'balloon', amortization_periods: 36, interval: WEEKLY },
    prepayment: { interest_to: 'none' },
    allocation: { early_payment: 'pay_evenly' },
  },
  {
    repayment: { method: 'equal_principal', down_payment: { percent: '25', automatic: true } },
    interest: { accrual: 'straight_line' },
    allocation: { early_payment: 'pay_last' },
  },
];

/** Loans by number, each with a history in which money has moved and its past then changes. */
export function cashLoans(count: number): Map<string, ModelDocument> {
  const loans = new Map<string, ModelDocument>();
  for (let seed = 1; seed <= count; seed += 1) {
    const at = seed % PRODUCTS.length;
    const product = { code: `CASH-${at}`, ...PRODUCTS[at] };
    const document = cashLoanOf(product, seed, { from: FROM, through: THROUGH });
    const last = formatDay(THROUGH);
    const events = (document.events ?? []).filter(
      ({ value_date: on, business_date: booked = on }) => booked <= last,
    );
    loans.set(`L${seed}`, { ...document, events });
  }
  return loans;
}

/** Closes every day, with what is booked on it; a loan held or a check that fails is a line. */
export async function closeAllDays(book: HistoryBook): Promise<string[]> {
  const troubles: string[] = [];
  for (let day = FROM; day <= THROUGH; day += 1) {
    await book.importDay(day);
    const { failed } = await book.close();
    troubles.push(...failed.map((check) => `${formatDay(day)}: ${check} fails`));
  }
  const held = await book.rows<{ loan_no: string; since: string; reason: string }>(
    `SELECT DISTINCT l.loan_no, h.held_since AS since, h.reason
     FROM held_loan h JOIN loan l USING (bucket, loan_id) ORDER BY l.loan_no`,
  );
  for (const { loan_no: loanNo, since, reason } of held) {
    const document = JSON.stringify(book.loans.get(loanNo));
    troubles.push(`${loanNo}: held since ${since}: ${reason}\n ${document}`);
  }
  return troubles;
}

export function openCashBook(loans: ReadonlyMap<string, ModelDocument>): Promise<HistoryBook> {
  return HistoryBook.create(FROM, loans);
}

/**
 * Where the book, closed, differs from the model: the position of a loan, or what one of its
 * business dates moved on the account of receipts in transit.
 */
export async function differencesInBook(book: HistoryBook): Promise<string[]> {
  const standing = await book.standing(THROUGH);
  const moved = await cashByLoan(book);
  const differences: string[] = [];
  for (const [loanNo, document] of book.loans) {
    const model = modelLoan(document);
    const wanted = { ...comparable({ ...model.position }), cash: cashText(model.cash_daily) };
    const row = standing.get(loanNo);
    const found = { ...(row && comparable(row)), cash: moved.get(loanNo) ?? '' };
    const [said, is] = [JSON.stringify(wanted), JSON.stringify(found)];
    if (said !== is) differences.push(`${loanNo}\n ${said}\n ${is}\n ${JSON.stringify(document)}`);
  }
  return differences;
}

/** The cash of all loans by the model, and by the trial balance of the ledger. */
export async function cashInAll(book: HistoryBook): Promise<{ model: string; ledger: string }> {
  let model = 0;
  for (const document of book.loans.values()) model += parseAmount(modelLoan(document).cash, 2)!;
  const { lines } = await book.ask((client) => trialBalance(client));
  const account = lines.find(({ account: code }) => code === '1012.02');
  return { model: formatAmount(model, 2), ledger: account?.closing ?? '' };
}

function cashText(days: readonly { business_date: string; amount: string }[]): string {
  return days.map(({ business_date: on, amount }) => `${on} ${amount}`).join(', ');
}

async function cashByLoan(book: HistoryBook): Promise<Map<string, string>> {
  const rows = await book.rows<{ loan_no: string; business_date: string; amount: number }>(
    `SELECT l.loan_no, j.business_date, sum(j.amount)::bigint AS amount
     FROM journal_line j JOIN account a USING (account_id)
       JOIN loan l ON l.bucket = j.bucket AND l.loan_id = j.loan_id
     WHERE a.code = '1012.02'
     GROUP BY l.loan_no, j.business_date HAVING sum(j.amount) <> 0
     ORDER BY l.loan_no, j.business_date`,
  );
  const days = new Map<string, { business_date: string; amount: string }[]>();
  for (const { loan_no: loanNo, business_date: on, amount } of rows) {
    const own = days.get(loanNo) ?? [];
    own.push({ business_date: on, amount: formatAmount(amount, 2) });
    days.set(loanNo, own);
  }
  return new Map([...days].map(([loanNo, own]) => [loanNo, cashText(own)]));
}
