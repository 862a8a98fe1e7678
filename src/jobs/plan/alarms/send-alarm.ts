import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlarmWay } from '../../../operations/plan/alarm-rule.js';
import { signalGroup } from '../run/lost-children.js';

/** What is told; nothing of a customer's is in it. */
export interface Alarm {
  readonly book: string;
  readonly plan: string;
  /** The business date, YYYY-MM-DD. */
  readonly date: string;
  /** Empty: of the whole run. */
  readonly job: string;
  readonly kind: string;
  /** When it was raised, ISO 8601 in UTC. */
  readonly at: string;
  /** What to do. */
  readonly next: string;
}

export interface AlarmSending {
  /** Of a program. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long a try may take. */
  readonly tryMs?: number;
  /** Pauses between the tries: one less than there are tries. */
  readonly pausesMs?: readonly number[];
  /** Gives it up at once: another process will send it. */
  readonly signal?: AbortSignal;
  /** No try goes on after this, of `performance.now()`: another process may send it then. */
  readonly until?: number;
}

const TRY_MS = 10_000;
const PAUSES_MS = [1_000, 5_000];

/** `left`: it is another process's to send. */
export type Sent = 'sent' | 'left' | { readonly failure: string };

/**
 * Sends one alarm, up to three times: what the last try failed by is told without a word of what
 * came back, since an answer may hold anything. Never throws.
 */
export async function sendAlarm(way: AlarmWay, alarm: Alarm, sending: AlarmSending): Promise<Sent> {
  const { tryMs = TRY_MS, pausesMs = PAUSES_MS, until = Number.POSITIVE_INFINITY } = sending;
  const { env, signal = new AbortController().signal } = sending;
  const text = `${JSON.stringify(alarm)}\n`;
  for (let tries = 0; ; tries += 1) {
    // A process that stood still for a while finds its time over, whatever timers say.
    if (signal.aborted || performance.now() + tryMs > until) return 'left';
    const failure = await ('command' in way
      ? tellProgram(way.command, text, { env, tryMs, signal }).catch(() => 'not started')
      : tellAddress(way.webhook, text, { tryMs, signal }));
    if (failure === undefined) return 'sent';
    if (signal.aborted) return 'left';
    const pause = pausesMs[tries];
    if (pause === undefined) return { failure };
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

interface Try {
  readonly tryMs: number;
  readonly signal: AbortSignal;
}

async function tellAddress(
  url: string,
  text: string,
  { tryMs, signal }: Try,
): Promise<string | undefined> {
  const timeOut = AbortSignal.timeout(tryMs);
  try {
    const { ok, status, body } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
      // Whoever redirects an alarm would choose who reads it.
      redirect: 'error',
      signal: AbortSignal.any([signal, timeOut]),
    });
    await body?.cancel();
    return ok ? undefined : `status ${status}`;
  } catch (error) {
    if (timeOut.aborted) return noAnswer(tryMs);
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code ?? 'not reached';
  }
}

/** The program and whatever it started is killed where it takes too long. */
async function tellProgram(
  [file = '', ...args]: readonly string[],
  text: string,
  { env, tryMs, signal }: Try & Pick<AlarmSending, 'env'>,
): Promise<string | undefined> {
  const child = spawn(file, args, {
    detached: true,
    env: { ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  let isLate = false;
  const end = () => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, tryMs);
  signal.addEventListener('abort', end, { once: true });
  // One that does not read its input is no fault of ours.
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
  const ended = await new Promise<string | undefined>((resolve) => {
    child.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'not started'));
    child.once('exit', (code, by) => resolve(code === 0 ? undefined : `exit ${code ?? by}`));
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
  return isLate ? noAnswer(tryMs) : ended;
}

function noAnswer(tryMs: number): string {
  return `no answer within ${tryMs / 1000} s`;
}
