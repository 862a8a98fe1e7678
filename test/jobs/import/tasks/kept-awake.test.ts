import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keptAwake } from '../../../../src/jobs/import/tasks/kept-awake.js';

/** A session that answers when it is told to. */
function lateSession() {
  const waiting: ((failure?: Error) => void)[] = [];
  let asked = 0;
  const query = () => {
    asked += 1;
    return new Promise<void>((resolve, reject) => {
      waiting.push((failure) => (failure === undefined ? resolve() : reject(failure)));
    });
  };
  return {
    client: { query } as unknown as pg.Client,
    waiting,
    asked: () => asked,
  };
}

const MINUTE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a session that is kept awake', () => {
  it('is asked one thing at a time, and again within a minute of the last answer', async () => {
    const { client, waiting, asked } = lateSession();
    let done = (_: string): void => {};
    const work = new Promise<string>((resolve) => {
      done = resolve;
    });
    const kept = keptAwake(client, () => work);
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
    expect([asked(), waiting.length]).toEqual([1, 1]);
    waiting.shift()!();
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect([asked(), waiting.length]).toEqual([2, 1]);
    // An answer that never comes is the trouble of whoever asks next.
    waiting.shift()!(new Error('gone'));
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect([asked(), waiting.length]).toEqual([3, 1]);
    done('what it gave');
    waiting.shift()!();
    expect(await kept).toBe('what it gave');
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
    expect(asked()).toBe(3);
  });

  it('is free again when the work is over: an answer under way is waited for', async () => {
    const { client, waiting } = lateSession();
    let isOver = false;
    const work = () => new Promise<void>((resolve) => setTimeout(resolve, MINUTE_MS / 2));
    const kept = keptAwake(client, work).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect(isOver).toBe(false);
    waiting.shift()!();
    await kept;
    expect(isOver).toBe(true);
  });
});
