import type { EpochDay, Fen } from '../money/units.js';

/** What is open of an instalment that has become due, in minor units. */
export interface OpeningInstallment {
  readonly seq: number;
  readonly dueOn: EpochDay;
  /** The last penalty-free day; null: by product and calendar. */
  readonly freeUntil: EpochDay | null;
  readonly principal: Fen;
  readonly interest: Fen;
  readonly penalty: Fen;
  readonly compound: Fen;
  readonly fee: Fen;
}

/** An instalment not yet due that the loan brings along. */
export interface ComingInstallment {
  readonly seq: number;
  readonly dueOn: EpochDay;
  readonly principal: Fen;
  readonly interest: Fen;
  /** Agreed, due with the instalment. */
  readonly fee: Fen;
}

/**
 * A running loan as an earlier system kept it, at the close of the cut-over day (CONVENTIONS,
 * Opening). Of a loan that was written off `principalNotDue` and `interestAccrued` are its claim
 * outside the instalments. Amounts are minor units.
 */
export interface OpeningPosition {
  readonly cutOverOn: EpochDay;
  readonly principalNotDue: Fen;
  /** Of the running period, by the close of the cut-over day. */
  readonly interestAccrued: Fen;
  readonly suspense: Fen;
  readonly accruing: boolean;
  readonly writtenOff: boolean;
  /** Instalments that were paid in full; null: all that became due and are not open. */
  readonly periodsPaid: number | null;
  /** Only compared with what the position gives; null: not said. */
  readonly daysPastDue: number | null;
  /** Index into CLASS_NAMES; only compared, null: not said. */
  readonly classification: number | null;
  /** The loan brought its events since it was disbursed: folded from birth it must stand so. */
  readonly fromBirth: boolean;
  /** Ascending by seq and due date. */
  readonly open: readonly OpeningInstallment[];
  /** From the running one on, ascending; null: the product lays them. */
  readonly coming: readonly ComingInstallment[] | null;
}

/** What is wrong with a position: one of its keys, the rule it breaks, and what it says there. */
export interface OpeningFault {
  /** A key of the position, or of an instalment of it. */
  readonly key: string;
  readonly rule: string;
  /** An amount in minor units, a day, a number. */
  readonly value: number;
  /** Place among `open`, or behind them among `coming`; undefined: of the loan itself. */
  readonly row?: number;
  /** What the value is. */
  readonly unit: 'amount' | 'day' | 'number';
}
