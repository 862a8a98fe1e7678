import { setTimeout as sleep } from 'node:timers/promises';
import type { EndedCommand, RunningCommand } from './command.js';

const TRIES_MAX = 12;
const UNEXPECTED_MAX = 1;
const PAUSE_MS = 150;
/** docs/exit-codes.md: held up, interrupted; what a shell makes of SIGTERM and SIGKILL. */
const AGAIN: readonly (number | null)[] = [75, 130, 143, 137];
/** A full disk ends with 1 and says so; room was made since. */
const DISK_FULL = 'server_out_of_resources';

/** What nobody who runs the book was told to expect. */
export interface Unexpected {
  readonly words: string;
  readonly code: number | null;
  readonly says: string;
}

export interface Attended {
  readonly tries: number;
  readonly unexpected: readonly Unexpected[];
}

/** Whether an exit is one that a fault may cause, and the same command is to be run again. */
export function isToRunAgain({ code, signal, stderr }: EndedCommand, kind: string): boolean {
  if (signal === 'SIGKILL' || signal === 'SIGTERM' || AGAIN.includes(code)) return true;
  return kind === 'full_disk' && code === 1 && stderr.includes(DISK_FULL);
}

/** What a defect shows of itself, whatever the exit code. */
export const DEFECT = /internal error|"code":"internal"|[Uu]nhandled|^ {4}at .*\(/m;

/**
 * Does what the exit code says: the same command again, until it is done. What no fault may cause
 * is kept, and tried again too, for what comes of it.
 */
export async function attend(
  ended: EndedCommand,
  doneCode: number,
  kind: string,
  again: () => RunningCommand,
): Promise<Attended> {
  const unexpected: Unexpected[] = [];
  let last = ended;
  for (let tries = 1; ; tries += 1) {
    const isDone = last.code === doneCode;
    if (!(isDone || isToRunAgain(last, kind)) || DEFECT.test(last.stderr) || last.isStuck) {
      unexpected.push(unexpectedOf(last));
    }
    if (isDone) return { tries, unexpected };
    if (unexpected.length > UNEXPECTED_MAX) return { tries, unexpected };
    if (tries === TRIES_MAX) return { tries, unexpected: [...unexpected, unexpectedOf(last)] };
    if (last.code !== null) await sleep(PAUSE_MS);
    last = await again().ended;
  }
}

export function unexpectedOf({ words, code, signal, stderr, isStuck }: EndedCommand): Unexpected {
  const end = isStuck ? 'did not end' : (signal ?? '');
  return { words: words.join(' '), code, says: `${end}${stderr.slice(-1_500)}`.trim() };
}
