import type { FoldTerms } from '../fold/fold-terms.js';
import type { LoanFile } from '../fold/loan-terms-at-hand.js';
import type { EpochDay } from '../money/units.js';
import { factorOfPeriod } from '../schedule/period-factor.js';
import { layAgain } from '../schedule/schedule-again.js';
import type { PaymentInForce, Schedule } from '../schedule/schedule-rows.js';
import type { OpeningPosition } from './opening-position.js';

/**
 * How many instalments became due by the cut-over day: those before the first one that is brought,
 * else those that the contract has by then.
 */
export function dueByCutOver(opening: OpeningPosition, contract: Schedule): number {
  const first = opening.coming?.[0];
  if (first !== undefined) return first.seq - 1;
  let due = 0;
  while (due < contract.dueOn.length && contract.dueOn[due]! <= opening.cutOverOn) due += 1;
  return due;
}

/** A schedule on which an opened loan goes on. */
export interface OpeningRows {
  readonly schedule: Schedule;
  /** Rows that became due by the cut-over day. */
  readonly due: number;
  /** The day on which the running period began. */
  readonly startOn: EpochDay;
  /** The rows were laid by the product on another balance than the contract's: what they ask. */
  readonly laid: PaymentInForce | null;
}

/**
 * The rows of an opened loan: those that became due as the contract has them, then the ones that it
 * brings, the contract's own where they repay exactly the principal not yet due, or else rows laid
 * by the product on it over the due dates left. `flatBase` is what flat interest counts on.
 */
export function openingRows(
  opening: OpeningPosition,
  { contract, schedule }: LoanFile,
  fold: FoldTerms,
  flatBase: number,
): OpeningRows {
  const due = dueByCutOver(opening, schedule);
  const { open, coming, principalNotDue: balance, writtenOff } = opening;
  const isAgreed = balance === balanceBefore(schedule, due, contract.principal);
  // Most loans: nothing is open, and they stand as agreed.
  if (isAgreed && open.length === 0 && coming === null && balance > 0 && !writtenOff) {
    const startOn = due === 0 ? contract.disbursedOn : schedule.dueOn[due - 1]!;
    return { schedule, due, startOn, laid: null };
  }
  const past = pastRows(opening, schedule, due);
  const startOn = due === 0 ? contract.disbursedOn : past.dueOn[due - 1]!;
  if (balance === 0 || writtenOff) return { schedule: past, due, startOn, laid: null };
  if (coming !== null) {
    const rows = joinRows(past, broughtRows(opening, coming));
    return { schedule: rows, due, startOn, laid: null };
  }
  if (isAgreed) {
    const isSame = past.dueOn.every(
      (day, k) =>
        day === schedule.dueOn[k] &&
        past.principal[k] === schedule.principal[k] &&
        past.interest[k] === schedule.interest[k],
    );
    const rows = isSame ? schedule : joinRows(past, rowsFrom(schedule, due));
    return { schedule: rows, due, startOn, laid: null };
  }
  const period = { seq: due + 1, startOn, endOn: schedule.dueOn[due]! };
  const laid = layAgain(fold.terms, {
    principalLeft: balance,
    ratePpb: contract.ratePpb,
    dueOnLeft: schedule.dueOn.slice(due),
    runningSeq: due + 1,
    runningFactor: factorOfPeriod(fold.terms, contract, period, contract.ratePpb),
    keep: 'term',
    inForce: { payment: null, principalPart: 0 },
    flatBaseLeft: flatBase,
  });
  return { schedule: joinRows(past, laid.schedule), due, startOn, laid };
}

/** Principal not yet due behind the first `due` rows, as the contract has it. */
export function balanceBefore(schedule: Schedule, due: number, principal: number): number {
  return due === 0 ? principal : schedule.balanceAfter[due - 1]!;
}

/**
 * Rows that became due: those that are open on the days they say, asking at least what is open of
 * them; before the balance given.
 */
function pastRows(opening: OpeningPosition, schedule: Schedule, due: number): Schedule {
  const dueOn = schedule.dueOn.slice(0, due);
  const principal = schedule.principal.slice(0, due);
  const interest = schedule.interest.slice(0, due);
  for (const item of opening.open) {
    const at = item.seq - 1;
    dueOn[at] = item.dueOn;
    principal[at] = Math.max(principal[at]!, item.principal);
    interest[at] = Math.max(interest[at]!, item.interest);
  }
  const balanceAfter = schedule.balanceAfter.slice(0, due);
  if (due > 0 && !opening.writtenOff) balanceAfter[due - 1] = opening.principalNotDue;
  return { dueOn, principal, interest, balanceAfter };
}

function broughtRows(
  { principalNotDue }: OpeningPosition,
  coming: NonNullable<OpeningPosition['coming']>,
): Schedule {
  let left = principalNotDue;
  return {
    dueOn: coming.map(({ dueOn }) => dueOn),
    principal: coming.map(({ principal }) => principal),
    interest: coming.map(({ interest }) => interest),
    balanceAfter: coming.map(({ principal }) => {
      left -= principal;
      return left;
    }),
  };
}

function rowsFrom(schedule: Schedule, from: number): Schedule {
  return {
    dueOn: schedule.dueOn.slice(from),
    principal: schedule.principal.slice(from),
    interest: schedule.interest.slice(from),
    balanceAfter: schedule.balanceAfter.slice(from),
  };
}

function joinRows(before: Schedule, behind: Schedule): Schedule {
  return {
    dueOn: [...before.dueOn, ...behind.dueOn],
    principal: [...before.principal, ...behind.principal],
    interest: [...before.interest, ...behind.interest],
    balanceAfter: [...before.balanceAfter, ...behind.balanceAfter],
  };
}
