import type { EpochDay } from '../../accounting/money/units.js';
import type { Grant } from '../approvals/approval.js';
import type { SenderSays } from '../import/source/file-proof.js';
import type { Waits } from '../runs/waiting.js';

export interface ReconcileOptions {
  readonly file: string;
  /** Code of the channel or bank; left out, the only one. */
  readonly channel?: string;
  readonly date?: EpochDay;
  readonly by: string;
  /** Match and keep the breaks, post nothing yet. */
  readonly matchOnly?: boolean;
  /** Who releases a statement that takes the place of a posted one. */
  readonly releaseBy?: string;
  /** A second person decides now that it takes the place of a posted one; `by` is who asked. */
  readonly grant?: Grant;
  /** What its sender says of the file. */
  readonly says?: SenderSays;
  readonly waits?: Waits;
  readonly signal?: AbortSignal;
  /** Told when every line is in the database. */
  readonly onStaged?: () => void;
}
