import type { DatabaseTarget } from '../db/target.js';
import { measureFloor, measureSql } from './floor.js';

/** What the parent asks for: the table to stream, and how. */
export interface FloorQuestion {
  readonly target: DatabaseTarget;
  readonly source: string;
  readonly workers: number;
  readonly tasks: number;
}

/** Seconds of the bare streams and of the one statement. */
export interface FloorAnswer {
  readonly floor: number;
  readonly sql: number;
}

// The floor has a process of its own: what its streams leave behind is not counted as ours.
process.once('message', (question: FloorQuestion) => {
  answer(question).then(
    (found) => process.send?.(found, () => process.disconnect()),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
      process.disconnect();
    },
  );
});

async function answer(question: FloorQuestion): Promise<FloorAnswer> {
  const { target, source, workers, tasks } = question;
  const floor = await measureFloor(target, source, workers, tasks);
  return { floor, sql: await measureSql(target, source) };
}
