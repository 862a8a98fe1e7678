import type { OwnSchedule, OwnSchedules, ScheduleWords } from '../own-schedule.js';
import { ScheduleGroup } from '../schedule-group.js';
import { isCleanText } from '../source/field-text.js';
import { RowCount } from '../source/row-count.js';
import type { RowProblem, SourceColumns } from '../source/source-columns.js';
import { type SourceFile, shapeProblem } from '../source/source-file.js';
import { groupOf } from './bucket-groups.js';
import { packLine, packRow, unpackRow } from './packed-row.js';
import { plainTexts } from './plain-texts.js';
import type { SpillGroups } from './spill-file.js';

/** Before the text that begins a schedule: its place among those of the file, line, loan. */
const BEGIN_MARK = '>';

/** A file of the loans' own schedules on its way into the book. */
export interface ScheduleFile extends SourceFile {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((bytesDone: number, bytesTotal: number) => void) | undefined;
}

/** How a column of the file of schedules is reported. */
export function scheduleField(columns: SourceColumns, column: string): string {
  return column === '' ? 'schedule' : `schedule.${columns.nameOf(column)}`;
}

/**
 * Shares a file of schedules out by the buckets of their loans; returns how many it has. The rows
 * of one loan stand together.
 */
export async function shareOutSchedules(
  file: ScheduleFile,
  groups: SpillGroups,
  minorDigits: number,
): Promise<number> {
  const runs = new ScheduleRuns(file, groups);
  const count = new RowCount(file, 'principal', minorDigits);
  for await (const batch of file.rows(file.signal)) {
    const texts = plainTexts(batch, count);
    for (let i = 0; i < batch.lines.length; i += 1) {
      const line = batch.lines[i]!;
      const text = texts?.[i];
      if (text !== undefined && runs.addLine(text, line)) {
        count.addLine(text, line);
        continue;
      }
      const record = batch.records[i]!;
      if (count.isTrailer(record, line)) continue;
      const problem = batch.problemOf?.(i) ?? shapeProblem(file, record, batch.hasNul) ?? undefined;
      count.add(record, line, problem);
      runs.add(record, line, problem, batch.hasSeparator);
    }
    file.onProgress?.(batch.bytesRead, file.content.bytes);
  }
  count.end();
  return runs.end();
}

/** Tells the schedule of one loan from the next. */
class ScheduleRuns {
  #count = 0;
  readonly #file: ScheduleFile;
  readonly #groups: SpillGroups;
  #loanNo: string | undefined;
  #group = 0;
  /** A row whose loan cannot be told, behind the last row of the loan before. */
  #stray: { readonly problem: RowProblem; readonly line: number } | undefined;

  constructor(file: ScheduleFile, groups: SpillGroups) {
    this.#file = file;
    this.#groups = groups;
  }

  /** A row as the line that it is; false: it has to be taken apart. */
  addLine(text: string, line: number): boolean {
    const loanNo = this.#file.columns.textInLine('loan_no', text);
    if (loanNo === undefined) return false;
    if (this.#loanNo !== loanNo) {
      if (loanNo === '' || !isCleanText(loanNo)) return false;
      this.#begin(loanNo, line);
    } else this.#stray = undefined;
    this.#groups.add(this.#group, packLine(text, line));
    return true;
  }

  add(
    record: readonly string[],
    line: number,
    shape: RowProblem | undefined,
    hasEnds: boolean | undefined,
  ): void {
    const loanNo = this.#file.columns.textOf('loan_no', record);
    const isNext = this.#loanNo !== loanNo;
    if (isNext && (loanNo === '' || !isCleanText(loanNo))) {
      const unknown = { field: 'loan_no', rule: 'malformed_text', value: loanNo };
      const problem = shape ?? this.#file.columns.read(record, []) ?? unknown;
      // It may be of the loan before it or of the one behind it: neither can be trusted.
      if (this.#loanNo !== undefined) this.#spoil(problem, line);
      this.#stray ??= { problem, line };
      return;
    }
    if (isNext) this.#begin(loanNo, line);
    else this.#stray = undefined;
    this.#groups.add(this.#group, packRow({ line, record, problem: shape }, hasEnds));
  }

  end(): number {
    // Nothing but rows of no loan.
    if (this.#loanNo === undefined && this.#stray !== undefined) this.#begin('', this.#stray.line);
    return this.#count;
  }

  #begin(loanNo: string, line: number): void {
    this.#count += 1;
    this.#loanNo = loanNo;
    this.#group = groupOf(loanNo);
    this.#groups.add(this.#group, BEGIN_MARK + JSON.stringify([this.#count, line, loanNo]));
    if (this.#stray !== undefined) this.#spoil(this.#stray.problem, this.#stray.line);
    this.#stray = undefined;
  }

  #spoil(problem: RowProblem, line: number): void {
    this.#groups.add(this.#group, packRow({ line, record: [], problem }));
  }
}

/** A schedule that no row of the first file has asked for. */
export interface Unclaimed {
  readonly loanNo: string;
  readonly ordinal: number;
  readonly line: number;
}

/** The schedules of one task's loans, and which of them its loans have asked for. */
export class TaskSchedules implements OwnSchedules {
  readonly words: ScheduleWords;
  readonly #columns: SourceColumns;
  readonly #byLoan = new Map<string, OwnSchedule>();
  readonly #claimed = new Set<string>();
  readonly #all: Unclaimed[] = [];

  constructor(columns: SourceColumns, minorDigits: number, packed: Iterable<string>) {
    this.#columns = columns;
    const nameOf = (column: string) => scheduleField(columns, column);
    this.words = { minorDigits, nameOf };
    this.#read(packed);
  }

  of(loanNo: string): OwnSchedule | null {
    return this.#byLoan.get(loanNo) ?? null;
  }

  /** A row of the first file has this loan, whatever is wrong with it. */
  claim(loanNo: string): void {
    if (loanNo !== '' && isCleanText(loanNo)) this.#claimed.add(loanNo);
  }

  unclaimed(): readonly Unclaimed[] {
    return this.#all.filter(({ loanNo }) => !this.#claimed.has(loanNo));
  }

  #read(packed: Iterable<string>): void {
    const fields: string[] = [];
    let group: ScheduleGroup | undefined;
    let ordinal = 0;
    for (const text of packed) {
      if (text.startsWith(BEGIN_MARK)) {
        if (group !== undefined) this.#keep(group, ordinal);
        const [place, line, loanNo] = JSON.parse(text.slice(1)) as [number, number, string];
        ordinal = place;
        group = new ScheduleGroup(loanNo, line, this.words.minorDigits);
        continue;
      }
      const row = unpackRow(text);
      const problem = row.problem ?? this.#columns.read(row.record, fields);
      if (problem === undefined) group?.add(fields, row.line);
      else group?.spoil(problem, row.line);
    }
    if (group !== undefined) this.#keep(group, ordinal);
  }

  #keep(group: ScheduleGroup, ordinal: number): void {
    const { loanNo } = group;
    const own = group.taken(ordinal, this.words.nameOf);
    this.#all.push({ loanNo, ordinal, line: own.line });
    const first = this.#byLoan.get(loanNo);
    const field = this.words.nameOf('loan_no');
    const apart = { line: own.line, field, rule: 'rows_apart', value: loanNo };
    this.#byLoan.set(loanNo, first === undefined ? own : { ...first, problem: apart });
  }
}
