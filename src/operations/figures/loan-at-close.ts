import type { EpochDay, Fen } from '../../accounting/money/units.js';

export const MORNING_STATUSES = [
  'normal',
  'overdue',
  'settled',
  'written_off',
  'cancelled',
  'transferred',
] as const;
export type MorningStatus = (typeof MORNING_STATUSES)[number];

export const MORNING_CLASSES = [
  'normal',
  'special_mention',
  'substandard',
  'doubtful',
  'loss',
] as const;
export type MorningClass = (typeof MORNING_CLASSES)[number];

export interface DueInstalment {
  readonly seq: number;
  readonly dueOn: EpochDay;
  /** Its last penalty-free day. */
  readonly freeUntil: EpochDay;
  readonly due: Fen;
  readonly paid: readonly { readonly on: EpochDay; readonly amount: Fen }[];
}

/** A loan at the close of D, and at that of D-1, where it may be new. */
export interface LoanAtClose {
  readonly disbursedOn: EpochDay;
  readonly disbursed: Fen;
  readonly status: MorningStatus;
  readonly classification: MorningClass;
  readonly principal: Fen;
  readonly daysPastDue: number;
  readonly statusBefore: MorningStatus | 'new';
  readonly principalBefore: Fen;
  readonly daysPastDueBefore: number;
  readonly instalments: readonly DueInstalment[];
}

export function isOnBook(status: MorningStatus | 'new'): boolean {
  return status === 'normal' || status === 'overdue';
}

/** What is written off, sold or was cancelled is in no rate. */
export function isInRates({ status }: LoanAtClose): boolean {
  return isOnBook(status) || status === 'settled';
}

const BUCKET_DAYS = 30;
const BUCKET_MAX = 7;

/** 0 to 7, of M0 to M7. */
export function overdueBucketOf(daysPastDue: number): number {
  return Math.min(BUCKET_MAX, Math.ceil(daysPastDue / BUCKET_DAYS));
}

/** What was paid of an instalment up to the close of a day. */
export function paidThrough({ paid }: DueInstalment, day: EpochDay): bigint {
  return sumOf(paid.filter(({ on }) => on <= day).map(({ amount }) => amount));
}

/** What of an instalment is open at the close of a day. */
export function openAt(instalment: DueInstalment, day: EpochDay): bigint {
  const open = BigInt(instalment.due) - paidThrough(instalment, day);
  return open > 0n ? open : 0n;
}

export function sumOf(amounts: readonly (Fen | bigint)[]): bigint {
  return amounts.reduce((total: bigint, amount) => total + BigInt(amount), 0n);
}
