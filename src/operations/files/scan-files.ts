import type { EpochDay } from '../../accounting/money/units.js';
import { isUnderWay } from './file-name.js';
import {
  type FileRow,
  type FileRule,
  type FileState,
  hasLeft,
  type QuarantineReason,
  ruleOfName,
  type Scan,
  type SeenFile,
} from './file-row.js';

interface Verdict {
  readonly state: FileState;
  readonly reason?: QuarantineReason | null;
  readonly of?: string | null;
}

/** A file of a rule beside what the register had of it, before it is judged. */
interface Examined {
  readonly rule: FileRule;
  readonly date: EpochDay;
  readonly file: SeenFile;
  /** The row of the same name in the folder; undefined where it is new, or was gone. */
  readonly before: FileRow | undefined;
  /** What the name was, gone or not. */
  readonly past: FileRow | undefined;
  readonly control: SeenFile | undefined;
  readonly unchangedSince: number;
  readonly sha256: string | null;
}

/**
 * The register after one look at the folder (OPERATIONS section 4). Rows of files that were taken
 * stay as they are. A file is judged by the first state that fits; what was ready before is judged
 * first, then by name: of two with one content the first is ready. Rows come back with those that
 * left first, then by name.
 */
export function scanFiles(
  rules: readonly FileRule[],
  rows: readonly FileRow[],
  scan: Scan,
): FileRow[] {
  const left = rows.filter(hasLeft);
  const here = new Map(rows.filter((row) => !hasLeft(row)).map((row) => [row.name, row]));
  const seen = lookedAt(scan);
  const holders = new Holders(left);
  const next: FileRow[] = [];
  const ofNoRule: SeenFile[] = [];
  const examined: Examined[] = [];
  for (const file of seen.values()) {
    const found = examine(rules, seen, here, file, scan);
    if (found === undefined) ofNoRule.push(file);
    else examined.push(found);
  }
  for (const file of ofNoRule) {
    const data = dataOfControl(rules, file.name);
    if (data !== undefined && seen.has(data)) continue;
    const state = data === undefined ? 'unexpected' : 'lone_control';
    next.push(rowOf({ state }, here.get(file.name), file, scan));
  }
  const wasReady = ({ before }: Examined) => (before?.state === 'ready' ? 0 : 1);
  for (const each of examined.sort((a, b) => wasReady(a) - wasReady(b))) {
    const verdict = judge(each, holders, scan);
    const row = rowOf(verdict, each.past, each.file, scan, each);
    next.push(row);
    if (row.state === 'ready') holders.add(row);
  }
  for (const row of here.values()) {
    if (seen.has(row.name)) continue;
    next.push(row.state === 'gone' ? row : { ...row, ...GONE, since: scan.at });
  }
  return [...left, ...next.sort(byName)];
}

const GONE = { state: 'gone', reason: null, of: null, isLate: false } as const;

/**
 * The files whose content has to be read before this scan is judged: those that have settled and
 * are not known with this size and time. A scanner reads these and no others.
 */
export function filesToRead(
  rules: readonly FileRule[],
  rows: readonly FileRow[],
  scan: Scan,
): string[] {
  const here = new Map(rows.filter((row) => !hasLeft(row)).map((row) => [row.name, row]));
  const seen = lookedAt(scan);
  return [...seen.values()].flatMap((file) => {
    const found = examine(rules, seen, here, file, scan);
    if (found === undefined || found.sha256 !== null) return [];
    return isGrowing({ ...found, sha256: '' }, scan) ? [] : [file.name];
  });
}

/** What holds a content already: files that were taken, and what turns out to be ready. */
class Holders {
  /** The first name of each content. */
  readonly #names = new Map<string, string>();
  readonly #pairs = new Set<string>();
  /** Taken names, and these with their contents. */
  readonly #taken = new Set<string>();

  constructor(left: readonly FileRow[]) {
    for (const row of left) {
      this.add(row);
      this.#taken.add(row.name).add(pairOf(row.name, row.sha256));
    }
  }

  add({ name, sha256 }: FileRow): void {
    if (sha256 === null) return;
    if (!this.#names.has(sha256)) this.#names.set(sha256, name);
    this.#pairs.add(pairOf(name, sha256));
  }

  /** The name that holds the content; with `only` a name, whether that one does. */
  of(sha256: string, only?: string): string | undefined {
    if (only === undefined) return this.#names.get(sha256);
    return this.#pairs.has(pairOf(only, sha256)) ? only : undefined;
  }

  hasTaken(name: string, sha256?: string | null): boolean {
    return this.#taken.has(sha256 === undefined ? name : pairOf(name, sha256));
  }
}

/** No name has the character between them. */
function pairOf(name: string, sha256: string | null): string {
  return `${name}\0${sha256}`;
}

/** The files by name, in its order, without those of transfers under way. */
function lookedAt({ files }: Scan): Map<string, SeenFile> {
  const kept = files.filter(({ name }) => !isUnderWay(name)).sort(byName);
  return new Map(kept.map((file) => [file.name, file]));
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

/** The name of the file that a control file speaks of; undefined where it is none. */
function dataOfControl(rules: readonly FileRule[], name: string): string | undefined {
  for (const rule of rules) {
    if (rule.control === null || !name.endsWith(rule.control)) continue;
    const data = name.slice(0, -rule.control.length);
    if (ruleOfName([rule], data) !== undefined) return data;
  }
  return undefined;
}

function examine(
  rules: readonly FileRule[],
  seen: ReadonlyMap<string, SeenFile>,
  here: ReadonlyMap<string, FileRow>,
  file: SeenFile,
  { at }: Scan,
): Examined | undefined {
  const found = ruleOfName(rules, file.name);
  if (found === undefined) return undefined;
  const past = here.get(file.name);
  const before = past?.state === 'gone' ? undefined : past;
  const isSame = before?.size === file.size && before.mtime === file.mtime;
  const { rule, date } = found;
  return {
    rule,
    date,
    file,
    past,
    before,
    control: rule.control === null ? undefined : seen.get(file.name + rule.control),
    unchangedSince: isSame ? before.unchangedSince : at,
    sha256: file.sha256 ?? (isSame ? before.sha256 : null),
  };
}

/** New, changed by this scan, not settled, empty, smaller than its control says, or not read. */
function isGrowing(examined: Examined, { at }: Scan): boolean {
  const { rule, file, before, control, unchangedSince, sha256 } = examined;
  if (before === undefined || unchangedSince === at) return true;
  if (at - unchangedSince < rule.settle) return true;
  if (file.size === 0 && control === undefined) return true;
  return file.size < (control?.says?.size ?? 0) || sha256 === null;
}

function judge(examined: Examined, holders: Holders, scan: Scan): Verdict {
  const { rule, date, file, before, control, sha256 } = examined;
  // It takes two persons to let a file out of quarantine, and no rest of a transfer.
  if (before?.state === 'quarantined' && before.releasedSha256 === null) {
    return { state: 'quarantined', reason: before.reason };
  }
  if (isGrowing(examined, scan)) return { state: 'growing' };
  if (rule.control !== null && control === undefined) return { state: 'waiting_control' };
  const reason = reasonToHold(examined, holders);
  if (reason !== undefined) return { state: 'quarantined', reason };
  const holder = holders.of(sha256!, rule.repeats ? file.name : undefined);
  if (holder !== undefined) return { state: 'duplicate', of: holder };
  return { state: date > scan.openDate ? 'early' : 'ready' };
}

function reasonToHold(
  { file, past, control, sha256 }: Examined,
  holders: Holders,
): QuarantineReason | undefined {
  if (past !== undefined && past.releasedSha256 === sha256) return undefined;
  const { size = file.size, sha256: said = sha256 } = control?.says ?? {};
  if (size !== file.size || said !== sha256) return 'control_differs';
  if (holders.hasTaken(file.name) && !holders.hasTaken(file.name, sha256)) return 'name_reused';
  const wasReady = past?.readySha256 ?? null;
  return wasReady !== null && wasReady !== sha256 ? 'changed_after_ready' : undefined;
}

function rowOf(
  { state, reason = null, of = null }: Verdict,
  past: FileRow | undefined,
  { name, size, mtime }: SeenFile,
  { at, openDate }: Scan,
  examined?: Examined,
): FileRow {
  const isAsBefore = past?.state === state && past.reason === reason;
  const since = isAsBefore ? past.since : at;
  const by = examined?.rule.byOf?.(examined.date) ?? since;
  const isLate = state === 'ready' && (examined!.date < openDate || since > by);
  const sha256 = examined?.sha256 ?? null;
  const isUntouched = past?.state === state && past.size === size && past.mtime === mtime;
  return {
    name,
    file: examined?.rule.file ?? null,
    date: examined?.date ?? null,
    state,
    since,
    size,
    mtime,
    unchangedSince: examined?.unchangedSince ?? (isUntouched ? past.unchangedSince : at),
    sha256,
    reason,
    of,
    isLate,
    readySha256: state === 'ready' ? sha256 : (past?.readySha256 ?? null),
    releasedSha256: state === 'quarantined' ? null : (past?.releasedSha256 ?? null),
  };
}
