import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { connect } from '../db/connect.js';
import type { DatabaseTarget } from '../db/target.js';
import { POSITION_COLUMNS } from '../jobs/day/position-row.js';
import { SORTING_PLANS } from '../jobs/day/task-input.js';

export interface FloorJob {
  readonly target: DatabaseTarget;
  readonly source: string;
  readonly sink: string;
  readonly bucketFrom: number;
  readonly bucketTo: number;
}

const WINDOW_BYTES = 1 << 20;
let clients: { read: pg.Client; write: pg.Client } | undefined;

/** One task of the floor: the bare binary COPY out and in, overlapped, nothing between them. */
export async function floorTask(job: FloorJob): Promise<void> {
  clients ??= {
    read: await connect(job.target, {
      role: 'owner',
      settings: {
        ...{ max_parallel_workers_per_gather: '0', synchronize_seqscans: 'off' },
        ...Object.fromEntries(SORTING_PLANS.map((setting) => [setting, 'off'])),
      },
    }),
    write: await connect(job.target, { role: 'owner' }),
  };
  const { read, write } = clients;
  const columns = POSITION_COLUMNS.join(', ');
  const select = `SELECT ${columns} FROM ${job.source}
    WHERE bucket BETWEEN ${job.bucketFrom} AND ${job.bucketTo} ORDER BY bucket, loan_id`;
  await write.query('BEGIN');
  await pipeline(
    read.query(
      copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`, { highWaterMark: WINDOW_BYTES }),
    ),
    write.query(
      copyFrom(`COPY ${job.sink} (${columns}) FROM STDIN (FORMAT binary)`, {
        highWaterMark: WINDOW_BYTES,
      }),
    ),
  );
  await write.query('COMMIT');
}
