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

/** How a loan stands at the close of D, and at that of D-1, where it may be new. */
export interface LoanStanding {
  readonly status: MorningStatus;
  readonly classification: MorningClass;
  readonly principal: Fen;
  readonly daysPastDue: number;
  readonly statusBefore: MorningStatus | 'new';
  readonly principalBefore: Fen;
  readonly daysPastDueBefore: number;
}

/** The same with all that is known of its instalments. */
export interface LoanAtClose extends LoanStanding {
  readonly disbursedOn: EpochDay;
  readonly disbursed: Fen;
  readonly instalments: readonly DueInstalment[];
}

/** What an instalment is to one day. */
export interface InstalmentOfDay {
  readonly dueOn: EpochDay;
  readonly freeUntil: EpochDay;
  readonly due: bigint;
  /** What is open at the close of the day before, and of the day. */
  readonly openBefore: bigint;
  readonly open: bigint;
  /** What was paid of it on the day. */
  readonly paid: bigint;
}

export function isOnBook(status: MorningStatus | 'new'): boolean {
  return status === 'normal' || status === 'overdue';
}

/** What is written off, sold or was cancelled is in no rate. */
export function isInRates({ status }: Pick<LoanStanding, 'status'>): boolean {
  return isOnBook(status) || status === 'settled';
}

const BUCKET_DAYS = 30;
const BUCKET_MAX = 7;

/** 0 to 7, of M0 to M7. */
export function overdueBucketOf(daysPastDue: number): number {
  return Math.min(BUCKET_MAX, Math.ceil(daysPastDue / BUCKET_DAYS));
}

/** An instalment by its payments as it is to a day. */
export function instalmentOn(instalment: DueInstalment, day: EpochDay): InstalmentOfDay {
  const { dueOn, freeUntil, due } = instalment;
  return {
    dueOn,
    freeUntil,
    due: BigInt(due),
    openBefore: openAt(instalment, day - 1),
    open: openAt(instalment, day),
    paid: paidThrough(instalment, day) - paidThrough(instalment, day - 1),
  };
}

/** What of an instalment is open at the close of a day. */
export function openAt(instalment: DueInstalment, day: EpochDay): bigint {
  const open = BigInt(instalment.due) - paidThrough(instalment, day);
  return open > 0n ? open : 0n;
}

function paidThrough({ paid }: DueInstalment, day: EpochDay): bigint {
  return paid.reduce((sum, { on, amount }) => (on <= day ? sum + BigInt(amount) : sum), 0n);
}
