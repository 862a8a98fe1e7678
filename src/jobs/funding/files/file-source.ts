import type { EpochDay } from '../../../accounting/money/units.js';
import type { FundingPlan } from '../../../funding/plan/plan.js';
import type { FileField, FileFields } from './line-sql.js';

/** Whose file of which day is to be written. */
export interface FileScene {
  readonly partner: string;
  readonly day: EpochDay;
  /** No day of the book is before it. */
  readonly isFirstDay: boolean;
  /** The plans that the partner is a party of, by their number. */
  readonly plans: ReadonlyMap<number, FundingPlan>;
}

/** The rows of a family: a SELECT, and what our fields are in it. */
export interface FileSource {
  readonly select: string;
  readonly fields: FileFields;
  /** What orders the rows of one loan. */
  readonly order: string;
  /** Rows that count; undefined: all. */
  readonly where?: string;
}

export type Source = (scene: FileScene) => FileSource;

export function amount(sql: string): FileField {
  return { kind: 'amount', sql };
}
