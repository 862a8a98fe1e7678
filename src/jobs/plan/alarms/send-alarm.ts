import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where alarms go: a program that reads one from its input, or an address that takes it. */
export type AlarmWay = { readonly command: readonly string[] } | { readonly webhook: string };

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
  readonly signal?: AbortSignal;
}

const TRY_MS = 10_000;
const PAUSES_MS = [1_000, 5_000];

/**
 * Sends one alarm, up to three times; resolves to undefined once it was taken, else to why the last
 * try failed, without a word of what came back: an answer may hold anything. Never throws.
 */
export async function sendAlarm(
  way: AlarmWay,
  alarm: Alarm,
  { env, tryMs = TRY_MS, pausesMs = PAUSES_MS, signal }: AlarmSending,
): Promise<string | undefined> {
  const text = `${JSON.stringify(alarm)}\n`;
  for (let tries = 0; ; tries += 1) {
    const failure = await ('command' in way
      ? tellProgram(way.command, text, env, tryMs)
      : tellAddress(way.webhook, text, tryMs));
    const pause = pausesMs[tries];
    if (failure === undefined || pause === undefined || signal?.aborted === true) return failure;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function tellAddress(url: string, text: string, tryMs: number): Promise<string | undefined> {
  try {
    const { ok, status, body } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
      // Whoever redirects an alarm would choose who reads it.
      redirect: 'error',
      signal: AbortSignal.timeout(tryMs),
    });
    await body?.cancel();
    return ok ? undefined : `status ${status}`;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return noAnswer(tryMs);
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code ?? 'not reached';
  }
}

/** The program and whatever it started is killed where it takes too long. */
async function tellProgram(
  [file = '', ...args]: readonly string[],
  text: string,
  env: AlarmSending['env'],
  tryMs: number,
): Promise<string | undefined> {
  const child = spawn(file, args, {
    detached: true,
    env: { ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    if (child.pid !== undefined) endGroup(child.pid);
  }, tryMs);
  // One that does not read its input is no fault of ours.
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
  const ended = await new Promise<string | undefined>((resolve) => {
    child.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'not started'));
    child.once('exit', (code, by) => resolve(code === 0 ? undefined : `exit ${code ?? by}`));
  });
  clearTimeout(timer);
  return isLate ? noAnswer(tryMs) : ended;
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

function noAnswer(tryMs: number): string {
  return `no answer within ${tryMs / 1000} s`;
}
