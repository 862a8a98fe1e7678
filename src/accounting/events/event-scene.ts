import type { AllocationOrder, BookDay, FoldTerms } from '../fold/fold-terms.js';
import type { LoanFile } from '../fold/loan-terms-at-hand.js';
import type { Position } from '../fold/position.js';
import { InvariantError } from '../money/refusal.js';
import type { DayFlow } from '../posting/flow.js';

/** The day of one loan that an event is applied to. */
export interface EventScene {
  readonly position: Position;
  readonly book: BookDay;
  readonly fold: FoldTerms;
  /** Null where no event of the day can need it. */
  readonly file: LoanFile | null;
  readonly flow: DayFlow;
}

/** The file of the loan, for an event that cannot do without. */
export function fileOf(scene: EventScene): LoanFile {
  if (scene.file === null) throw new InvariantError('the event needs the schedule of the loan', {});
  return scene.file;
}

/** The allocation in force: by the flag of the previous close. */
export function orderInForce({ position, fold }: EventScene): AllocationOrder {
  return position.accruing ? fold.accruing : fold.nonAccruing;
}
