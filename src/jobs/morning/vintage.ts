import type pg from 'pg';
import { civilOf, formatDay } from '../../accounting/calendar/epoch-day.js';
import { STATUS } from '../../accounting/fold/position.js';
import { Total } from '../../accounting/money/total.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { disbursedByMonth } from '../day/at-close/cohorts.js';
import type { LoanOfDay } from '../day/at-close/loans-at-close.js';

/** Days late above which principal counts. */
const LATE_DAYS = 30;

/** A month of disbursement (`YYYY-MM`) at a month end. */
export interface CohortRow {
  readonly cohort: string;
  readonly disbursed: bigint;
  readonly late: bigint;
}

export function isMonthEnd(day: EpochDay): boolean {
  return civilOf(day + 1).day === 1;
}

/** Late principal by the month of disbursement; what was written off is owed all the same. */
export class LateByCohort {
  readonly #late = new Map<string, Total>();

  add(loan: LoanOfDay): void {
    const late = latePrincipal(loan);
    if (late === 0) return;
    const cohort = formatDay(loan.disbursedOn).slice(0, 7);
    const sum = this.#late.get(cohort) ?? new Total();
    sum.add(late);
    this.#late.set(cohort, sum);
  }

  of(cohort: string): bigint {
    return this.#late.get(cohort)?.value ?? 0n;
  }
}

function latePrincipal({ status, daysPastDue, principal, open }: LoanOfDay): number {
  if (status === STATUS.writtenOff) {
    return open.reduce((sum, { principalOpen }) => sum + principalOpen, 0);
  }
  const isOnBook = status === STATUS.normal || status === STATUS.overdue;
  return isOnBook && daysPastDue > LATE_DAYS ? principal : 0;
}

/** The rows of a month end. */
export async function vintageOf(
  client: pg.Client,
  day: EpochDay,
  late: LateByCohort,
): Promise<CohortRow[]> {
  const months = await disbursedByMonth(client, day);
  return months.map(({ cohort, disbursed }) => ({ cohort, disbursed, late: late.of(cohort) }));
}
