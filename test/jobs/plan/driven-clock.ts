import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../src/jobs/plan/run/clock.js';
import type { Instant } from '../../../src/operations/clock/instant.js';

/** A clock that stands still until a test moves it. */
export class DrivenClock implements Clock {
  #now: Instant;
  #waiting: { readonly until: Instant | undefined; readonly wake: () => void } | undefined;
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
      const wake = () => {
        this.#waiting = undefined;
        resolve();
      };
      bell.addEventListener('abort', wake, { once: true });
      this.#waiting = { until: instant, wake };
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
    this.#waiting?.wake();
  }

  /** Whoever waits is woken no more, as if its process were dead; until it is frozen no more. */
  freeze(): () => void {
    const { wake } = this.#waiting ?? { wake: () => undefined };
    this.#waiting = undefined;
    return wake;
  }
}
