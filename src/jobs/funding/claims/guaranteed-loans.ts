import type pg from 'pg';
import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { readSql } from '../../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { LentUnderGuarantee } from '../../../funding/guarantee/events.js';
import type { FundingPlan } from '../../../funding/plan/plan.js';
import type { Guarantee } from '../../../funding/terms/guarantee.js';
import type { Book } from '../../book/book.js';
import { type TermsByDay, termsByDay } from '../terms/terms-queries.js';

/** What happened to a guaranteed loan: money of the customer, or an act that the book keeps. */
export interface Step {
  readonly day: EpochDay;
  readonly type: 'repayment' | 'charge' | 'compensation' | 'buy_back' | 'refusal' | 'passed';
  readonly seq: number;
  readonly amount: Fen;
  readonly ref: string;
  /** Of the customer's money, and of what was passed of it. */
  readonly eventId: number;
  readonly valueDate: string;
}

/** A loan of a plan with a guarantee, with all that its claims follow from. */
export interface GuaranteedLoanOfBook {
  readonly bucket: number;
  readonly loanId: number;
  readonly loanNo: string;
  readonly groupId: number;
  /** As it was in force when the loan came into the book. */
  readonly guarantee: Guarantee;
  readonly lent: LentUnderGuarantee;
  readonly steps: readonly Step[];
}

interface LoanRow {
  readonly bucket: number;
  readonly loanId: number;
  readonly loanNo: string;
  readonly disbursedOn: string;
  readonly bornOn: string;
  readonly groupId: number;
  readonly dueOn: readonly string[];
  readonly principals: readonly Fen[];
  readonly interests: readonly Fen[];
}

type StepRow = Omit<Step, 'day'> & { readonly loanId: number; readonly businessDate: string };

/** Groups of loans whose plan names a guarantee. */
export function guaranteedGroups(book: Book): ReadonlySet<number> {
  const named = [...book.groups].filter(([, { plan }]) => (plan?.terms.guarantee ?? null) !== null);
  return new Set(named.map(([groupId]) => groupId));
}

/** Loads loans of guaranteed groups. Throws LoanbookError `guarantee_missing`. */
export async function loadGuaranteed(
  client: pg.Client,
  book: Pick<Book, 'groups'>,
  loanIds: readonly number[],
): Promise<GuaranteedLoanOfBook[]> {
  const { rows } = await client.query<LoanRow>(readSql(import.meta.url, 'loans'), [loanIds]);
  const steps = await loadSteps(client, loanIds);
  const planOf = ({ groupId }: LoanRow) => book.groups.get(groupId)!.plan!.terms;
  const codes = new Set(rows.map((row) => planOf(row).guarantee ?? ''));
  const guarantees = await termsByDay(client, 'guarantee', [...codes]);
  const loans: GuaranteedLoanOfBook[] = [];
  for (const each of rows) {
    const { bucket, loanId, loanNo, groupId, ...row } = each;
    loans.push({
      ...{ bucket, loanId, loanNo, groupId },
      guarantee: guaranteeOf(guarantees, planOf(each), row.bornOn, loanNo),
      lent: {
        disbursedOn: parseDay(row.disbursedOn)!,
        schedule: row.dueOn.map((due, at) => ({
          ...{ seq: at + 1, dueOn: parseDay(due)! },
          ...{ principal: row.principals[at]!, interest: row.interests[at]! },
        })),
      },
      steps: steps.get(loanId) ?? [],
    });
  }
  return loans;
}

async function loadSteps(
  client: pg.Client,
  loanIds: readonly number[],
): Promise<Map<number, Step[]>> {
  const { rows } = await client.query<StepRow>(readSql(import.meta.url, 'steps'), [loanIds]);
  const found = new Map<number, Step[]>();
  for (const { loanId, businessDate, ...step } of rows) {
    const steps = found.get(loanId) ?? [];
    steps.push({ ...step, day: parseDay(businessDate)! });
    found.set(loanId, steps);
  }
  return found;
}

/** A loan keeps the version that was in force when it came into the book. */
function guaranteeOf(
  guarantees: TermsByDay<'guarantee'>,
  plan: FundingPlan,
  bornOn: string,
  loanNo: string,
): Guarantee {
  const code = plan.guarantee ?? '';
  const guarantee = guarantees(code, bornOn);
  if (guarantee !== undefined) return guarantee;
  throw new LoanbookError('guarantee_missing', 'The book has no such guarantee for a loan.', {
    exitCode: EXIT.failed,
    evidence: { loan: loanNo, plan: plan.code, guarantee: code, day: bornOn },
    next: `Apply it with \`effective_from: ${bornOn}\`: \`loanbook funding guarantee apply FILE\`.`,
  });
}
