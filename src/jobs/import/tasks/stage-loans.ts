import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type pg from 'pg';
import { targetOf } from '../../../db/client.js';
import { inTransaction } from '../../../db/connect.js';
import { readSql } from '../../../db/sql-file.js';
import type { RunClaim } from '../../runs/lease.js';
import { withRunClient } from '../../runs/sessions.js';
import type { RunUnderWay } from '../../runs/with-run.js';
import { settleLoans } from '../delta/settle-delta.js';
import { exactTotal, type SchedulesOutcome } from '../import-outcome.js';
import { fillLooks } from '../loan-look.js';
import type { ImportScene, StagedFile } from '../row-intake.js';
import type { ImportFile } from '../stage-file.js';
import { keptAwake } from './kept-awake.js';
import type { BirthNumbers } from './loan-births.js';
import { runLoanTask } from './loan-task.js';
import { rejectLooks } from './look-rejects.js';
import type { ScheduleFile } from './own-schedule-rows.js';
import { sceneOfTasks } from './scene-of-tasks.js';
import { type LoanTask, type SharedOut, shareOutRows } from './share-out-rows.js';
import { storeLoans } from './store-loans.js';
import { TaskThreads } from './task-threads.js';
import type { TasksPlan } from './worker.js';
import { writeRejects } from './write-rejects.js';

/** Rows of so many bytes are worth threads of their own, and tables that outlive them. */
const THREADS_BYTES_MIN = 8 << 20;

/** How the work is cut; left out: by what was measured. */
export interface TaskCut {
  /** From how many bytes of rows on threads are used. */
  readonly threadsFromBytes?: number;
  readonly workers?: number;
  /** Loans that a task is to have at least. */
  readonly taskRows?: number;
}

/** What one import of loans is about. */
export interface LoanStaging {
  readonly schedules: ScheduleFile | null;
  readonly isDelta: boolean;
  readonly cut: TaskCut;
  /** Names what lies in the tables that stay; set by `stageLoans`. */
  key: string | undefined;
}

/**
 * Shares a file of loans out, checks its rows task by task, and lays out what can go in: in
 * temporary tables, or, by threads of their own, in tables that stay, where an import of the same
 * file into the same book goes on with the tasks that are there.
 */
export async function stageLoans(
  scene: ImportScene,
  file: ImportFile,
  run: RunUnderWay,
  staging: LoanStaging,
): Promise<StagedFile> {
  const { client } = scene;
  const { schedules, cut } = staging;
  const fromBytes = cut.threadsFromBytes ?? THREADS_BYTES_MIN;
  // They load their modules while the file is shared out.
  let threads = file.content.bytes >= fromBytes ? new TaskThreads(threadsOf(cut)) : undefined;
  let shared: SharedOut | undefined;
  try {
    await fillLooks(client);
    shared = await keptAwake(client, () =>
      shareOutRows(file, schedules, scene.minorDigits, cut.taskRows),
    );
    const isLarge = shared.spill.bytes >= fromBytes;
    const plan: TasksPlan = {
      columns: file.plan,
      scheduleColumns: schedules?.plan ?? null,
      fd: shared.spill.fd,
      births: isLarge ? await numbersToCome(client) : null,
      isDelta: staging.isDelta,
      today: scene.today,
    };
    if (isLarge) {
      const key = await keyOf(scene, file, staging, [shared.tasks.length, plan.births]);
      staging.key = key;
      threads ??= new TaskThreads(threadsOf(cut));
      const work = { shared, plan, key, threads };
      await keptAwake(client, () => stageInThreads(scene, file, run, work));
    } else {
      await stageHere(client, file, shared.tasks, plan);
    }
    const { births } = plan;
    return await stagedFile(scene, file, { shared, staging, claim: run.claim, isLarge, births });
  } finally {
    await threads?.close();
    shared?.spill.close();
  }
}

function threadsOf({ workers = availableParallelism() }: TaskCut): number {
  return workers;
}

/** A small file: one task after the other in the transaction of the import. */
async function stageHere(
  client: pg.Client,
  file: ImportFile,
  tasks: readonly LoanTask[],
  plan: TasksPlan,
): Promise<void> {
  await client.query('SELECT make_import_tables(true)');
  const on = await sceneOfTasks(client, plan);
  for (const task of tasks) {
    file.signal?.throwIfAborted();
    await runLoanTask(on, task);
  }
  await rejectLooks(client, file);
}

interface InThreads {
  readonly shared: SharedOut;
  readonly plan: TasksPlan;
  readonly key: string;
  readonly threads: TaskThreads;
}

async function stageInThreads(
  { client }: ImportScene,
  file: ImportFile,
  run: RunUnderWay,
  { shared, plan, key, threads }: InThreads,
): Promise<void> {
  const target = targetOf(client);
  const { claim } = run;
  const done = await withRunClient(target, claim, SESSION, async (session) => {
    const values = [claim.runId, claim.token, key, plan.births !== null];
    await session.query('SELECT open_import_stage($1, $2, $3, $4)', values);
    const { rows } = await session.query<{ task: number }>('SELECT task FROM import_task');
    return new Set(rows.map(({ task }) => task));
  });
  const tasks = shared.tasks.filter(({ task }) => !done.has(task));
  const { bytes } = file.content;
  let left = tasks.length;
  const onDone = () => {
    left -= 1;
    file.onProgress?.(bytes - Math.round((bytes * left) / (2 * tasks.length)), bytes);
  };
  await threads.doAll(tasks, { target, claim, plan }, run.orLost(file.signal), onDone);
  await threads.close();
  await withRunClient(target, claim, SESSION, (session) =>
    inTransaction(session, () => rejectLooks(session, file, plan.births !== null)),
  );
}

const SESSION = { applicationName: 'loanbook import stage' };

/** What of the book and of the files decides over every row; another key is another import. */
async function keyOf(
  { client, openDay, today }: ImportScene,
  { content, plan }: ImportFile,
  { schedules, isDelta }: LoanStaging,
  made: readonly unknown[],
): Promise<string> {
  const { rows } = await client.query<{ state: string }>(readSql(import.meta.url, 'book-state'));
  const parts = [
    ...[content.sha256, plan.mapping, schedules?.content.sha256, schedules?.plan.mapping],
    ...[openDay, today, isDelta, ...made, rows[0]!.state],
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Null where the book has loans: the server then makes the rest of what a loan brings. */
async function numbersToCome(client: pg.Client): Promise<BirthNumbers | null> {
  const { rows } = await client.query<{ import_id: number | null; first_event: number }>(
    'SELECT * FROM numbers_to_come()',
  );
  const { import_id: importId, first_event: firstEvent } = rows[0]!;
  return importId === null ? null : { importId, firstEvent };
}

interface Staged {
  readonly shared: SharedOut;
  readonly staging: LoanStaging;
  readonly claim: RunClaim;
  readonly isLarge: boolean;
  readonly births: BirthNumbers | null;
}

async function stagedFile(
  { client }: ImportScene,
  file: ImportFile,
  { shared, staging, claim, isLarge, births }: Staged,
): Promise<StagedFile> {
  const { count, provedBy } = shared;
  const { schedules, isDelta } = staging;
  const delta = isDelta ? await settleLoans(client) : null;
  const totals = await stagedTotals(client);
  const { rest, sum } = totals;
  const enters = { entersOpenDay: isDelta || rest.enters_open_day };
  file.check?.(enters);
  const lastProblem = await writeRejects(client, file, count.lastLine);
  count.requireWhole(lastProblem);
  const own = schedules && schedulesOutcome(schedules, shared, sum.brought);
  return {
    rowsRead: count.rows + rest.without_row,
    lastLine: count.lastLine,
    provedBy,
    rows: sum.rows,
    amount: exactTotal(sum.amount),
    ...enters,
    events: count.lastLine + rest.fees,
    outcome: {
      ...(own === null ? {} : { schedules: own }),
      ...(delta === null ? {} : { delta: { added: sum.rows - delta.replaced, ...delta } }),
    },
    store: (importId, firstEventId) =>
      storeLoans(client, {
        ...{ importId, firstEventId, lastLine: count.lastLine, claim },
        groups: totals.groups,
        hasLooks: sum.looks > 0,
        hasParties: sum.parties > 0,
        hasMerchants: sum.merchants > 0,
        key: isLarge ? staging.key! : null,
        births,
        isDelta,
        workers: threadsOf(staging.cut),
      }),
  };
}

interface GroupTotals {
  readonly rows: number;
  readonly amount: bigint;
  readonly brought: number;
  readonly looks: number;
  readonly parties: number;
  readonly merchants: number;
}

interface RestOfTotals {
  readonly fees: number;
  readonly enters_open_day: boolean;
  /** Schedules of no loan, which were rejected. */
  readonly without_row: number;
}

/** What is staged, by accounting group and in all; one look at the rows. */
async function stagedTotals(client: pg.Client) {
  const { rows: groups } = await client.query<
    GroupTotals & { product: number; org: string; plan: number }
  >(readSql(import.meta.url, 'staged-totals'));
  const sum = { rows: 0, amount: 0n, brought: 0, looks: 0, parties: 0, merchants: 0 };
  for (const group of groups) {
    sum.rows += group.rows;
    sum.amount += BigInt(group.amount);
    sum.brought += group.brought;
    sum.looks += group.looks;
    sum.parties += group.parties;
    sum.merchants += group.merchants;
  }
  const { rows } = await client.query<RestOfTotals>(readSql(import.meta.url, 'staged-rest'), [
    sum.brought > 0,
  ]);
  return { groups, sum, rest: rows[0]! };
}

function schedulesOutcome(
  { content: { path, sha256 } }: ScheduleFile,
  shared: SharedOut,
  taken: number,
): SchedulesOutcome {
  return { file: path, sha256, read: shared.schedules, taken };
}
