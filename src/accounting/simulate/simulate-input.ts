import type { Calendar } from '../calendar/calendar.js';
import { PLAIN_EVENT } from '../events/loan-event.js';
import type { EpochDay, Fen, RatePpb } from '../money/units.js';
import type { OpeningPosition } from '../opening/opening-position.js';
import type { PostingRules } from '../posting/posting.js';
import type { BookPolicy, EarlyPayment, ProductTerms } from '../product/product.js';
import type { LoanContract, Schedule } from '../schedule/schedule-rows.js';

/** All that one loan's what-if needs: nothing else is read. */
export interface SimulationInput {
  readonly terms: ProductTerms;
  readonly policy: BookPolicy;
  readonly calendar: Calendar;
  readonly contract: LoanContract;
  /** A schedule that the loan brings along rules; null: the product's terms lay it. */
  readonly schedule: Schedule | null;
  /** The position of a running loan, which is then folded from it; null: from its disbursement. */
  readonly opening: OpeningPosition | null;
  readonly events: readonly SimulatedEvent[];
  /** The last day to close; null: the last due date. */
  readonly through: EpochDay | null;
  /** Posting rules for `journal`; null: no journal is written. */
  readonly ledger: SimulatedLedger | null;
}

/** One event of a what-if, dated as it moved and as it is booked. */
export interface SimulatedEvent {
  readonly ref: string;
  /** A code of EVENT_TYPE. */
  readonly type: number;
  readonly valueDate: EpochDay;
  readonly businessDate: EpochDay;
  /** Null: what the event's type takes without one. */
  readonly amount: Fen | null;
  readonly component: number;
  readonly seq: number;
  readonly dueOn: EpochDay;
  readonly earlyPayment: EarlyPayment | null;
  readonly ratePpb: RatePpb;
  /** The ref that a reversal undoes. */
  readonly of: string | null;
}

/** The parts of an event that most have none of. */
export const PLAIN_SIMULATED_EVENT = { ...PLAIN_EVENT, of: null } as const;

/** Posting rules whose account ids are indices into `codes`. */
export interface SimulatedLedger {
  readonly rules: PostingRules;
  readonly codes: readonly string[];
}
