import { formatDay, parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../../src/accounting/money/amount-text.js';
import { applyProduct } from '../../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { applyFundingPlan } from '../../../../src/jobs/funding/funding-plans.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { type ScratchBook, scratchBook } from '../../../support/scratch-book.js';

export const START = '2026-03-02';

/** The day `after` days behind the first one. */
export function dayAt(after: number): string {
  return formatDay(parseDay(START)! + after);
}

/** Accounts by the names that the page on funding has for them. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  loans: ['1303.01', '1303.02'],
  interest: ['1132.01', '1132.02'],
  penalty: ['1132.03'],
  fees: ['1132.05'],
  partner_receivable: ['1221.04'],
  merchant_receivable: ['1221.01'],
  partner_payable: ['2241.03'],
  transit_out: ['1012.01'],
  transit_in: ['1012.02'],
  interest_income: ['6011.01'],
  penalty_income: ['6011.02'],
  fee_income: ['6021.01'],
  service_income: ['6021.02'],
  output_vat: ['2221.01'],
  memo_principal: ['7201.01'],
  memo_interest: ['7201.02'],
  memo_contra: ['7201.99'],
};

export interface JointBook extends ScratchBook {
  close(through: string, workers?: number): Promise<void>;
  loans(rows: readonly string[], schedules?: readonly string[]): Promise<void>;
  events(...rows: readonly string[]): Promise<void>;
  /** What the journal of a day says under the names of the page, but for tax on interest. */
  entries(day: string, where: string): Promise<{ account: string; amount: string }[]>;
}

/** A book with a plain product and these plans, whose open day is START. */
export async function jointBook(
  plans: readonly object[],
  product = '',
  partners: readonly string[] = ['P1', 'P2'],
): Promise<JointBook> {
  const book = await scratchBook();
  const { client, database } = book;
  await createBook(client, {
    entity: 'T',
    currency: 'CNY',
    firstBusinessDate: parseDay(START)!,
    calendar: 'cn',
    // A year of interest in twelve days.
    policyFile: book.file('policy.yaml', 'effective_from: 2000-01-01', 'cost_cap: null'),
  });
  await applyProduct(client, `code: P\neffective_from: 2020-01-01\n${product}`, 'p.yaml');
  for (const code of partners) {
    const partner = `code: ${code}\neffective_from: 2026-01-01\n`;
    await applyTerms(client, 'partner', partner, { source: code, by: '' });
  }
  for (const plan of plans) await applyFundingPlan(client, JSON.stringify(plan), 'plan.json');
  let files = 0;
  const file = (...lines: readonly string[]) => {
    files += 1;
    return book.file(`in-${files}.csv`, ...lines);
  };
  const today = parseDay('2026-12-01')!;
  return {
    ...book,
    close: async (through, workers = 1) => {
      await closeDays(database.target, { through: parseDay(through)!, workers, tasks: 2 });
    },
    async loans(rows, schedules = []) {
      const head = 'loan_no,product,principal,rate,periods,disbursed_on,funding_plan';
      const own = ['loan_no,due_on,principal,interest', ...schedules];
      await importLoans(client, {
        file: file(head, ...rows),
        ...(schedules.length === 0 ? {} : { schedules: file(...own) }),
        today,
      });
    },
    async events(...rows) {
      const head = 'ref,loan_no,type,value_date,amount,component,of';
      await importEvents(client, { file: file(head, ...rows), maxRejects: 999, today });
    },
    async entries(day, where) {
      const rows = await book.rows(
        `SELECT a.code, sum(j.amount)::bigint AS amount FROM journal_line j
         JOIN account a USING (account_id)
         WHERE j.business_date = '${day}' AND j.kind <> kind_tax() AND (${where}) GROUP BY a.code`,
      );
      const sums = Object.entries(NAMES).map(([account, codes]) => ({
        account,
        amount: rows
          .filter(({ code }) => codes.includes(code as string))
          .reduce((sum, { amount }) => sum + Number(amount), 0),
      }));
      return sums
        .filter(({ amount }) => amount !== 0)
        .map(({ account, amount }) => ({ account, amount: formatAmount(amount, 2) }))
        .sort((a, b) => (a.account < b.account ? -1 : 1));
    },
  };
}
