import { spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
} from 'node:fs';
import { constants as system } from 'node:os';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { maskText } from '../../../files/mask.js';
import type { Line } from '../../../operations/plan/plan.js';
import { packageRoot } from '../../../package-root.js';
import { isGroupAlive, processKept, signalGroup } from './lost-children.js';
import { hasStrays, OUTPUT_VARIABLE, signalStrays } from './strays.js';

/** What an attempt runs, with its places filled. */
export interface ChildLine {
  readonly line: Line;
  /** The file that takes its output. */
  readonly log: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A child that has done nothing yet: it waits for `open`, and is gone where this process is. */
export interface Child {
  /** Its process group, as it is kept. */
  readonly process: string;
  open(): void;
  /** Ends it before it was let go. */
  cancel(): void;
  /** To the whole group. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
  /** Its exit, once it and whatever it left in its group are gone. */
  readonly ended: Promise<number>;
}

export type StartChild = (line: ChildLine) => Promise<Child>;

/** What ignores a SIGTERM is killed so much later. */
export const KILL_MS = 30_000;
const REST_POLL_MS = 50;
const BIN = join(packageRoot, 'bin/loanbook.js');

/**
 * Waits for a line on its fourth stream and becomes the program then: so its start can be kept with
 * its number before it does anything, and it does nothing where the runner died before that.
 */
const GATE = 'IFS= read -r go <&3 || exit 1; exec 3<&-; exec "$@"';

/** Starts a child in a process group of its own; its output goes straight to the file. */
export async function startChild({ line, log, env }: ChildLine): Promise<Child> {
  const [file = '', ...args] =
    line.kind === 'run' ? [process.execPath, BIN, ...line.words] : line.words;
  const output = openLog(log);
  const child = spawn('/bin/sh', ['-c', GATE, 'sh', file, ...args], {
    detached: true,
    env: { ...env, [OUTPUT_VARIABLE]: log },
    stdio: ['ignore', output, output, 'pipe'],
  });
  closeSync(output);
  const gate = child.stdio[3] as Writable;
  // It may be gone before it reads.
  gate.on('error', () => undefined);
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + system.signals[signal!]));
  });
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const group = child.pid!;
  return {
    process: processKept(group),
    open: () => gate.end('go\n'),
    cancel: () => gate.end(),
    signal: (name) => signalGroup(group, name),
    ended: exit.then(async (code) => {
      await endRest(group, log);
      return code;
    }),
  };
}

/** Whatever a child left when it ended is ended too, in its group or out of it. */
async function endRest(group: number, log: string): Promise<void> {
  const killAt = performance.now() + KILL_MS;
  const all = (signal: 'SIGTERM' | 'SIGKILL') => {
    const isOut = signalStrays(log, signal);
    return signalGroup(group, signal) || isOut;
  };
  if (!all('SIGTERM')) return;
  while (isGroupAlive(group) || hasStrays(log)) {
    if (performance.now() > killAt) all('SIGKILL');
    await sleep(REST_POLL_MS);
  }
}

/** Nobody else reads it: it may hold what customers are called. */
function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  fchmodSync(file, 0o600);
  return file;
}

const TAIL_LINES = 20;
const TAIL_BYTES = 1 << 14;

/** The last lines of an output, masked; undefined where there is none. */
export function lastLines(log: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(log, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString('utf8').trimEnd().split('\n').slice(-TAIL_LINES);
    return lines.join('\n').trim() === '' ? undefined : maskText(lines.join('\n'));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
