import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { countsOn, decidedOn, FPD_DAYS } from './first-payment.js';
import { instalmentOn, isInRates, type LoanAtClose, openAt } from './loan-at-close.js';
import { MorningSums } from './morning-sums.js';
import type { Moves } from './moves.js';
import type { Ratio } from './ratio.js';

export interface FirstPayment {
  readonly days: number;
  readonly loans: number;
  readonly bad: number;
  readonly rate: Ratio;
  readonly amountRate: Ratio;
}

/** The figures of the morning page (OPERATIONS section 6), exact; amounts in minor units. */
export interface MorningFigures {
  readonly loans: number;
  readonly outstanding: bigint;
  readonly disbursed: { readonly loans: number; readonly amount: bigint };
  readonly repaid: bigint;
  readonly due: bigint;
  readonly entry: {
    readonly due: bigint;
    readonly open: bigint;
    readonly instalments: number;
    readonly rate: Ratio;
    readonly countRate: Ratio;
  };
  readonly recovery: {
    readonly overdueBefore: bigint;
    readonly collected: bigint;
    readonly rate: Ratio;
  };
  readonly fpd: readonly FirstPayment[];
  readonly overdueRate: Ratio;
  readonly npl: bigint;
  readonly nplRate: Ratio;
  readonly coverage: Ratio;
  readonly provisionRatio: Ratio;
  readonly buckets: readonly { readonly loans: number; readonly principal: bigint }[];
  readonly moves: Moves;
}

/** The figures of loans whose every instalment and payment is at hand. */
export function morningFigures(
  day: EpochDay,
  loans: readonly LoanAtClose[],
  allowance: Fen | bigint,
): MorningFigures {
  const sums = new MorningSums(day);
  for (const loan of loans) addTo(sums, day, loan);
  return sums.figures(allowance);
}

function addTo(sums: MorningSums, day: EpochDay, loan: LoanAtClose): void {
  sums.addLoan(loan);
  if (loan.status === 'cancelled') return;
  const { disbursedOn, disbursed } = loan;
  if (disbursedOn === day) sums.addDisbursed(disbursed);
  const isRated = isInRates(loan);
  for (const instalment of loan.instalments) {
    const today = instalmentOn(instalment, day);
    sums.addRepaid(today.paid);
    if (!isRated) continue;
    sums.addInstalment(today);
    if (instalment.seq !== 1) continue;
    for (const [place, days] of FPD_DAYS.entries()) {
      const decided = decidedOn(instalment, days);
      if (!countsOn(day, decided)) continue;
      sums.addFirst(place, disbursed, openAt(instalment, decided) > 0n);
    }
  }
}
