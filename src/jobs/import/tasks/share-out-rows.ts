import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import type { ProvedBy } from '../source/file-proof.js';
import { RowCount } from '../source/row-count.js';
import { shapeProblem } from '../source/source-file.js';
import type { ImportFile } from '../stage-file.js';
import { GROUP_BUCKETS, GROUPS, groupOfBucket } from './bucket-groups.js';
import type { ScheduleFile } from './own-schedule-rows.js';
import { shareOutSchedules } from './own-schedule-rows.js';
import { packLine, packRow } from './packed-row.js';
import { plainTexts } from './plain-texts.js';
import { type Block, SpillFile, SpillGroups } from './spill-file.js';

/** Loans of one task: what it holds in memory at a time. */
const TASK_ROWS = 16_384;

/** Rows that one thread takes, all of the file that belong to some neighbouring buckets. */
export interface LoanTask {
  readonly task: number;
  readonly bucketFrom: number;
  readonly bucketTo: number;
  readonly loans: readonly Block[];
  readonly schedules: readonly Block[];
}

/** A file of loans, shared out. */
export interface SharedOut {
  readonly spill: SpillFile;
  readonly tasks: readonly LoanTask[];
  readonly count: RowCount;
  readonly provedBy: ProvedBy;
  /** Schedules of the second file. */
  readonly schedules: number;
}

/**
 * Reads a file of loans, and of their own schedules, once and shares its rows out by the buckets of
 * their loans, so that every task is one of its own: ordinals, repeated numbers and schedules never
 * cross from one to another, and what the threads write is in the order in which the close reads.
 * Shapes, counts and totals are checked on the way. `taskRows`: what a task is to have at least.
 * Throws what `RowCount.end` throws.
 */
export async function shareOutRows(
  file: ImportFile,
  schedules: ScheduleFile | null,
  minorDigits: number,
  taskRows: number = TASK_ROWS,
): Promise<SharedOut> {
  const spill = new SpillFile();
  try {
    const own = new SpillGroups(spill, GROUPS);
    const ownCount = schedules === null ? 0 : await shareOutSchedules(schedules, own, minorDigits);
    const loans = new SpillGroups(spill, GROUPS);
    const count = new RowCount(file, 'principal', minorDigits);
    await shareOutLoans(file, loans, count);
    own.end();
    loans.end();
    const tasks = tasksOf(loans, own, taskRows);
    return { spill, tasks, count, provedBy: count.end(), schedules: ownCount };
  } catch (error) {
    spill.close();
    throw error;
  }
}

async function shareOutLoans(
  file: ImportFile,
  groups: SpillGroups,
  count: RowCount,
): Promise<void> {
  const { content, columns } = file;
  for await (const batch of file.rows(file.signal)) {
    const texts = plainTexts(batch, count);
    for (let i = 0; i < batch.lines.length; i += 1) {
      const loanNo = texts && columns.textInLine('loan_no', texts[i]!);
      if (texts !== undefined && loanNo !== undefined) {
        const bucket = bucketOf(loanNo);
        count.addLine(texts[i]!, batch.lines[i]!);
        groups.add(groupOfBucket(bucket), packLine(texts[i]!, batch.lines[i]!, bucket));
        continue;
      }
      const record = batch.records[i]!;
      const line = batch.lines[i]!;
      if (count.isTrailer(record, line)) continue;
      const problem = batch.problemOf?.(i) ?? shapeProblem(file, record, batch.hasNul) ?? undefined;
      count.add(record, line, problem);
      const bucket = bucketOf(columns.textOf('loan_no', record));
      groups.add(
        groupOfBucket(bucket),
        packRow({ line, record, problem }, batch.hasSeparator, bucket),
      );
    }
    file.onProgress?.(batch.bytesRead, content.bytes);
  }
}

/** Groups joined until they have rows enough; a task has all buckets up to those of the next. */
function tasksOf(loans: SpillGroups, own: SpillGroups, taskRows: number): LoanTask[] {
  const tasks: LoanTask[] = [];
  let from = 0;
  let rows = 0;
  for (let group = 0; group < GROUPS; group += 1) {
    rows += loans.rowsOf(group);
    if (rows < taskRows && group < GROUPS - 1) continue;
    const groups = Array.from({ length: group - from + 1 }, (_, at) => from + at);
    tasks.push({
      task: tasks.length,
      bucketFrom: from * GROUP_BUCKETS,
      bucketTo: (group + 1) * GROUP_BUCKETS - 1,
      loans: groups.flatMap((each) => loans.blocksOf(each)),
      schedules: groups.flatMap((each) => own.blocksOf(each)),
    });
    from = group + 1;
    rows = 0;
  }
  return tasks;
}
