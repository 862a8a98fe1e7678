import { readFileSync } from 'node:fs';

const EVERY_MS = 100;

/** Samples the memory of our own processes: the sum of their proportional set sizes. */
export class MemorySampler {
  readonly #pids = new Set<number>([process.pid]);
  readonly #timer: NodeJS.Timeout;
  #peakKb = 0;

  constructor() {
    this.#timer = setInterval(() => this.#sample(), EVERY_MS);
    this.#timer.unref();
  }

  add(pid: number): void {
    this.#pids.add(pid);
  }

  remove(pid: number): void {
    this.#pids.delete(pid);
  }

  /** The highest sum since the last call, in MB. */
  takePeakMb(): number {
    this.#sample();
    const peak = Math.round(this.#peakKb / 1024);
    this.#peakKb = 0;
    return peak;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    let sum = 0;
    for (const pid of this.#pids) sum += pssKb(pid);
    if (sum > this.#peakKb) this.#peakKb = sum;
  }
}

function pssKb(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
  } catch {
    // The process has just ended.
    return 0;
  }
}
