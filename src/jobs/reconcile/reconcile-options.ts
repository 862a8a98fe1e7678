import type { EpochDay } from '../../accounting/money/units.js';
import type { Grant } from '../approvals/approval.js';
import type { SenderSays } from '../import/source/file-proof.js';
import type { Waits } from '../runs/waiting.js';
import type { NamedLayout } from './statement/named-layout.js';

export interface ReconcileOptions {
  readonly file: string;
  /** Code of the channel or bank; left out, the only one. */
  readonly channel?: string;
  readonly date?: EpochDay;
  /** Read the file by this layout, not by those of the channel. */
  readonly layout?: NamedLayout;
  readonly by: string;
  /** Post nothing yet: of a channel the breaks are kept, of a bank nothing is. */
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
