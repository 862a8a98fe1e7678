import type { Fen } from '../../accounting/money/units.js';
import { INTEREST, PRINCIPAL } from '../../accounting/posting/flow.js';
import type { LoanRow, StoredOpening, StoredSchedule } from './loan-queries.js';

/** What instalments had asked and been paid before the book. */
export interface BeforeTheBook {
  /** Fees that an instalment came with as open. */
  readonly fee: (seq: number) => Fen;
  readonly paid: (seq: number, component: number) => Fen;
}

/** By the position that the loan came with; without one its first instalments paid in full. */
export function beforeTheBook(
  { paidPeriods }: LoanRow,
  schedule: StoredSchedule,
  opening: StoredOpening | undefined,
): BeforeTheBook {
  const asked = (seq: number, component: number): Fen => {
    if (component === PRINCIPAL) return schedule.principal[seq - 1] ?? 0;
    return component === INTEREST ? (schedule.interest[seq - 1] ?? 0) : 0;
  };
  if (opening === undefined) {
    return { fee: () => 0, paid: (seq, at) => (seq <= paidPeriods ? asked(seq, at) : 0) };
  }
  const { cutOverOn, seq: seqs, dueOn, principal, interest, fee } = opening;
  const isDue = (day: string | undefined) => day !== undefined && day <= cutOverOn;
  const placeOf = (seq: number) => seqs.findIndex((own, k) => own === seq && isDue(dueOn[k]));
  return {
    fee: (seq) => fee[placeOf(seq)] ?? 0,
    paid: (seq, component) => {
      if (!isDue(schedule.dueOn[seq - 1])) return 0;
      const open = (component === PRINCIPAL ? principal : interest)[placeOf(seq)] ?? 0;
      return Math.max(asked(seq, component) - open, 0);
    },
  };
}
