import { createHash } from 'node:crypto';
import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { inTransaction } from '../../../db/connect.js';
import { writeAudit } from '../../approvals/audit.js';
import { loadBook } from '../../book/load-book.js';
import { dayIsBeingClosed, holdOpenDay } from '../../book/open-day.js';
import { takeJobLock } from '../../runs/lock-order.js';
import { Patience, type Waits } from '../../runs/waiting.js';
import { loadGuaranteed } from './guaranteed-loans.js';
import { type Act, keepActs } from './keep-acts.js';
import { replay, type Taken } from './replay.js';

export interface PassedMoney {
  readonly businessDate: string;
  /** Payments of customers of which something was passed, and how much. */
  readonly payments: number;
  readonly amount: number;
  readonly minorDigits: number;
  readonly dryRun: boolean;
}

/**
 * Passes to guarantors what customers have paid of compensations, and all that they paid on loans
 * that were bought back, on the open day: before its close, so that the lender's loan is paid with
 * its own part alone. Each payment once. Throws LoanbookError `day_is_being_closed`,
 * `import_is_running` (75), `no_book`.
 */
export async function passMoney(
  client: pg.Client,
  { by, dryRun = false, waits }: { by: string; dryRun?: boolean; waits?: Waits },
): Promise<PassedMoney> {
  const book = await loadBook(client);
  return inTransaction(client, async () => {
    await takeJobLock(client, 'import', new Patience(waits));
    const open = await holdOpenDay(client);
    const businessDate = formatDay(open.date);
    if (open.isBeingClosed) throw dayIsBeingClosed(businessDate, 'money for guarantors');
    const acts: Act[] = [];
    for (const loan of await loadGuaranteed(client, book, await loansThatRecover(client))) {
      const passed = new Set(
        loan.steps.filter(({ type }) => type === 'passed').map(({ eventId }) => eventId),
      );
      for (const taken of replay(loan, open.date, true).taken) {
        const amount = amountPassed(taken);
        if (amount === 0 || passed.has(taken.step.eventId)) continue;
        const { ref } = taken.step;
        acts.push({ loan, type: 'passed', seq: 0, amount, ref, of: taken.step, taken });
      }
    }
    const amount = acts.reduce((sum, act) => sum + act.amount, 0);
    if (!dryRun && acts.length > 0) {
      const said = acts.map(({ loan, ref, amount: passed }) => [loan.loanNo, ref, passed]);
      const sha256 = createHash('sha256').update(JSON.stringify(said)).digest('hex');
      const source = { name: `guarantee ${businessDate}`, sha256 };
      await keepActs(client, acts, { book, day: open.date, by, source });
      const after = { payments: acts.length, amount };
      await writeAudit(client, { action: 'funding claims pass', subject: businessDate, after });
    }
    const { minorDigits } = book;
    return { businessDate, payments: acts.length, amount, minorDigits, dryRun };
  });
}

/** Loans of which a guarantor has paid something. */
async function loansThatRecover(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ loanId: number }>(
    `SELECT DISTINCT loan_id AS "loanId" FROM guarantee_act
     WHERE type IN ('compensation', 'buy_back') ORDER BY loan_id`,
  );
  return rows.map(({ loanId }) => loanId);
}

/** What of the customer's money is the guarantor's. */
function amountPassed({ step, outcome }: Taken): number {
  if (step.type !== 'repayment') return 0;
  return outcome.allocations.reduce((sum, { to, amount }) => {
    return to === 'guarantor' ? sum + amount : sum;
  }, 0);
}
