import type pg from 'pg';
import { BUCKET_COUNT } from '../../accounting/money/units.js';

/** Phases of a run; `fold` alone is cut into tasks, of neighbouring buckets. */
export interface StepPlan {
  readonly phases: readonly string[];
  /** Of a run without a fold: as many as it has phases. */
  readonly tasks: number;
}

/** The steps of a run; those that it has stay. */
export async function writeSteps(
  client: pg.Client,
  runId: number,
  { phases, tasks }: StepPlan,
): Promise<void> {
  await client.query(
    `INSERT INTO step (run_id, phase, task, bucket_from, bucket_to)
     SELECT $1::int, 'fold', t, t * $3::int / $2::int, (t + 1) * $3 / $2 - 1
     FROM generate_series(0, $2 - 1) t WHERE 'fold' = ANY ($4)
     UNION ALL SELECT $1, phase, 0, 0, $3 - 1 FROM unnest($4::text[]) AS phase
     WHERE phase <> 'fold'
     ON CONFLICT DO NOTHING`,
    [runId, tasks, BUCKET_COUNT, phases],
  );
}

/** What an attempt that ended had claimed waits again. */
export async function giveBackSteps(client: pg.Client, runId: number): Promise<void> {
  await client.query(
    `UPDATE step SET status = 'waiting', token = NULL, holder = NULL, lease_until = NULL
     WHERE run_id = $1 AND status = 'claimed'`,
    [runId],
  );
}

/** What a phase of a job that is one transaction did. */
export interface PhaseDone {
  readonly phase: string;
  /** Seconds since it began and since it ended. */
  readonly began: number;
  readonly ended: number;
}

/** Marks the phases of such a job as done, with what it read and wrote in all. */
export async function finishSteps(
  client: pg.Client,
  { runId, token }: { readonly runId: number; readonly token: string },
  phases: readonly PhaseDone[],
  { read, written }: { readonly read: number; readonly written: number },
): Promise<void> {
  await client.query('SELECT finish_steps($1, $2, $3, $4, $5, $6, $7)', [
    runId,
    token,
    phases.map(({ phase }) => phase),
    phases.map(({ began }) => began),
    phases.map(({ ended }) => ended),
    read,
    written,
  ]);
}
