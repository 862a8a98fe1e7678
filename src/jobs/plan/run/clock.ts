import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../../../operations/clock/instant.js';
import { byTimer } from '../../runs/heartbeat.js';

/** The clock that a runner and a scheduler go by. */
export interface Clock {
  now(): Instant;
  /** Waits for an instant at most, for what somebody else may have written, or for the bell. */
  until(instant: Instant | undefined, bell: AbortSignal): Promise<void>;
  /** Calls `fn` every so many milliseconds until what it returns is called. */
  every(ms: number, fn: () => void): () => void;
}

/** How often it is looked whether somebody acted on an instance, and for files. */
const LOOK_MS = 1_000;
/** By more than this a clock was moved. */
const MOVED_MS = 5_000;

/** The clock of this machine; `onMoved` is told by how many milliseconds somebody moved it. */
export function systemClock(onMoved: (byMs: number) => void): Clock {
  let offset = Date.now() - performance.now();
  return {
    now() {
      const by = Date.now() - performance.now() - offset;
      if (Math.abs(by) > MOVED_MS) {
        offset += by;
        onMoved(Math.round(by));
      }
      return Date.now();
    },
    async until(instant, bell) {
      const ms = Math.max(0, Math.min(LOOK_MS, (instant ?? Infinity) - Date.now()));
      await sleep(ms, undefined, { signal: bell }).catch(() => undefined);
    },
    every: byTimer,
  };
}
