import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/jobs/plan/run/clock.js';
import { nextMinute } from '../../../src/jobs/plan/schedule/minute-ticks.js';

afterEach(() => vi.unstubAllGlobals());

const RealDate = Date;

const HOUR = 3_600_000;

/** Puts the clock of this machine to another time, from where it goes on. */
function moveTo(instant: number): void {
  const from = performance.now();
  const now = () => instant + performance.now() - from;
  class MovedDate extends RealDate {
    constructor(...of: [] | [number]) {
      super(of[0] ?? now());
    }
    static override now = now;
  }
  vi.stubGlobal('Date', MovedDate);
}

it('a clock says once by how much somebody moved it', () => {
  const moves: number[] = [];
  const clock = systemClock((byMs) => moves.push(byMs));
  const now = Date.now();
  clock.now();
  // A few seconds are what a time service does.
  moveTo(now + 3_000);
  clock.now();
  expect(moves).toEqual([]);
  moveTo(now - HOUR);
  clock.now();
  clock.now();
  moveTo(now + 24 * HOUR);
  clock.now();
  expect(moves.map((byMs) => Math.round(byMs / HOUR))).toEqual([-1, 25]);
});

it('the next minute is waited for, and no more where the clock is set back or forward', async () => {
  const minute = Math.ceil(Date.now() / 60_000) * 60_000;
  let bell = new AbortController();
  const clock = systemClock(() => bell.abort());
  for (const instant of [minute - 1_500, minute - 1_500 - HOUR, minute - 1_500 + 24 * HOUR]) {
    moveTo(instant);
    clock.now();
    bell = new AbortController();
    await nextMinute(clock, bell.signal);
    // Whole minutes of the clock as it stands.
    expect(Date.now() - instant).toBeGreaterThan(1_000);
    expect(Date.now() - instant).toBeLessThan(4_000);
  }
  const waiting = nextMinute(clock, bell.signal);
  moveTo(Date.now() - HOUR);
  await waiting;
  expect(bell.signal.aborted).toBe(true);
});
