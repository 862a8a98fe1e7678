import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
];

/**
 * A clock for processes, set forward while they run: by Debian's `faketime`, which moves the time of
 * day and leaves timers as they are. The server has its own environment, and so the real clock.
 */
export class FakedClock {
  readonly #folder = mkdtempSync(join(tmpdir(), 'loanbook-clock-'));
  readonly #file = join(this.#folder, 'offset');

  /** Why there is none here. */
  static missing(): string | undefined {
    return LIBRARIES.some(existsSync) ? undefined : "Debian's package faketime is not installed";
  }

  /** From now on it is this instant, ISO 8601, for whoever has `env`. */
  set(instant: string): void {
    const seconds = (Date.parse(instant) - Date.now()) / 1000;
    const fresh = `${this.#file}.new`;
    writeFileSync(fresh, `${seconds < 0 ? '' : '+'}${seconds.toFixed(3)}\n`);
    renameSync(fresh, this.#file);
  }

  get env(): Record<string, string> {
    return {
      LD_PRELOAD: LIBRARIES.find(existsSync)!,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
