import type { EpochDay } from '../../accounting/money/units.js';
import type { Duration, Instant } from '../clock/instant.js';
import { dateInName, type NamePattern } from './file-name.js';

/** What a file is expected to be. */
export interface FileRule {
  /** Its code. */
  readonly file: string;
  readonly name: NamePattern;
  /** What the name of its control file has behind its own; null: there is none. */
  readonly control: string | null;
  /** How long size and time have to stay as they are. */
  readonly settle: Duration;
  /** Until when the file of a date has to be there; null: no time is set. */
  readonly byOf: ((date: EpochDay) => Instant) | null;
  readonly isDueOn: (date: EpochDay) => boolean;
  /** Days without business send equal bytes: only name and content make a duplicate. */
  readonly repeats: boolean;
}

/** A file as one look at the folder finds it. */
export interface SeenFile {
  readonly name: string;
  readonly size: number;
  /** Its time stamp: compared, never reckoned with, since senders set it. */
  readonly mtime: string;
  /** Null: not read in this scan, see `filesToRead`. */
  readonly sha256: string | null;
  /** What it holds where it is a control file. */
  readonly says?: { readonly size?: number; readonly sha256?: string } | null;
}

export interface Scan {
  readonly at: Instant;
  /** The open business date. */
  readonly openDate: EpochDay;
  readonly files: readonly SeenFile[];
}

export type QuarantineReason = 'control_differs' | 'name_reused' | 'changed_after_ready';

export type FileState =
  | 'unexpected'
  | 'growing'
  | 'waiting_control'
  | 'lone_control'
  | 'quarantined'
  | 'duplicate'
  | 'early'
  | 'ready'
  | 'gone'
  | 'taken'
  | 'done'
  | 'rejected';

/**
 * A row of the register: one for each name that lies in the folder or vanished from it, and one for
 * each file that was taken out of it, for ever.
 */
export interface FileRow {
  readonly name: string;
  /** Code of the rule, and the date in the name; null where it has none. */
  readonly file: string | null;
  readonly date: EpochDay | null;
  readonly state: FileState;
  /** The scan or act from which on it is in this state. */
  readonly since: Instant;
  readonly size: number;
  readonly mtime: string;
  /** The scan that found this size and time first. */
  readonly unchangedSince: Instant;
  /** Of the content with this size and time; null while it was not read. */
  readonly sha256: string | null;
  readonly reason: QuarantineReason | null;
  /** The file of which it is a duplicate. */
  readonly of: string | null;
  readonly isLate: boolean;
  /** The content with which it was ready last, kept when it vanishes. */
  readonly readySha256: string | null;
  /** The content that two persons released from quarantine. */
  readonly releasedSha256: string | null;
}

const LEFT: readonly FileState[] = ['taken', 'done', 'rejected'];

/** Whether the file was taken out of the folder: its name and its content are used up. */
export function hasLeft({ state }: FileRow): boolean {
  return LEFT.includes(state);
}

/** The first rule that a name fits, with the date in it. */
export function ruleOfName(
  rules: readonly FileRule[],
  name: string,
): { rule: FileRule; date: EpochDay } | undefined {
  for (const rule of rules) {
    const date = dateInName(rule.name, name);
    if (date !== undefined) return { rule, date };
  }
  return undefined;
}
