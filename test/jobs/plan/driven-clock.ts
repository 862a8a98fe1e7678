import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../src/jobs/plan/run/clock.js';
import type { Instant } from '../../../src/operations/clock/instant.js';

interface Waiting {
  readonly until: Instant | undefined;
  isFrozen: boolean;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. */
export class DrivenClock implements Clock {
  #now: Instant;
  #waiting: Waiting | undefined;
  #onWait: (() => void) | undefined;

  constructor(now: Instant) {
    this.#now = now;
  }

  now(): Instant {
    return this.#now;
  }

  until(instant: Instant | undefined, bell: AbortSignal): Promise<void> {
    if (bell.aborted) return nextTurn();
    return new Promise((resolve) => {
      const waiting: Waiting = { until: instant, isFrozen: false, wake: resolve };
      bell.addEventListener('abort', () => this.#wake(waiting), { once: true });
      this.#waiting = waiting;
      this.#onWait?.();
    });
  }

  every(): () => void {
    return () => undefined;
  }

  /** Resolves when whoever goes by the clock waits for it, or has ended. */
  async settled(ended: Promise<unknown>): Promise<void> {
    // What was rung for an instant ago is taken first.
    await nextTurn();
    if (this.#waiting !== undefined) return;
    const waits = new Promise<void>((resolve) => {
      this.#onWait = resolve;
    });
    await Promise.race([waits, ended.catch(() => undefined)]);
    this.#onWait = undefined;
  }

  /** What is waited for; undefined: only for a ring. */
  get awaited(): Instant | undefined {
    return this.#waiting?.until;
  }

  set(now: Instant): void {
    this.#now = now;
  }

  ring(): void {
    if (this.#waiting !== undefined) this.#wake(this.#waiting);
  }

  /** Whoever waits is woken no more, as if its process were dead; until it is frozen no more. */
  freeze(): () => void {
    const waiting = this.#waiting;
    if (waiting === undefined) return () => undefined;
    this.#waiting = undefined;
    waiting.isFrozen = true;
    return waiting.wake;
  }

  #wake(waiting: Waiting): void {
    if (waiting.isFrozen) return;
    if (this.#waiting === waiting) this.#waiting = undefined;
    waiting.wake();
  }
}
