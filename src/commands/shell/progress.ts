import type { Logger } from '../../log.js';
import type { CommandContext, OutputStream } from './context.js';

const KILOBYTE = 1024;

export interface ProgressPlan {
  /** What is being done, such as `eod 2026-01-31`. */
  readonly label: string;
  readonly total: number;
  /** Plural word for what is counted, such as `loans`. */
  readonly unit: string;
}

export interface Progress {
  /** `by` more are done. */
  advance(by: number): void;
  /** The work ended, well or not: removes the bar, or logs the last line. */
  finish(): void;
}

interface Sink {
  readonly stderr: OutputStream;
  readonly quiet: boolean;
  readonly log: () => Logger;
  /** Milliseconds; a test hands its own clock. */
  readonly now?: () => number;
}

const DRAW_EVERY_MS = 100;
const LOG_EVERY_MS = 10_000;
const BAR_CELLS = 24;
const CLEAR_LINE = '\r\x1b[K';
const count = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Reports how far a job is, at most ten times a second, or every ten seconds into a log. */
export function startProgress(plan: ProgressPlan, sink: Sink): Progress {
  if (sink.quiet) return { advance: () => undefined, finish: () => undefined };
  const now = sink.now ?? Date.now;
  const startedAt = now();
  const isTerminal = sink.stderr.isTTY === true;
  const everyMs = isTerminal ? DRAW_EVERY_MS : LOG_EVERY_MS;
  let shownAt = startedAt;
  let done = 0;
  let isFinished = false;

  const show = (message: string) => {
    shownAt = now();
    const pace = paceOf(done, plan.total, shownAt - startedAt);
    if (isTerminal) sink.stderr.write(CLEAR_LINE + bar(plan, done, pace, shownAt));
    else sink.log().info({ task: plan.label, done, total: plan.total, ...pace }, message);
  };
  return {
    advance(by) {
      done += by;
      if (now() - shownAt >= everyMs) show('progress');
    },
    finish() {
      if (isFinished) return;
      isFinished = true;
      if (isTerminal) sink.stderr.write(CLEAR_LINE);
      else show('progress ended');
    },
  };
}

interface Pace {
  readonly perSecond: number;
  /** Absent while nothing is done: there is nothing to estimate from. */
  readonly secondsLeft?: number;
}

function paceOf(done: number, total: number, elapsedMs: number): Pace {
  const perSecond = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  if (perSecond === 0) return { perSecond: 0 };
  return {
    perSecond: Math.round(perSecond),
    secondsLeft: Math.ceil(Math.max(0, total - done) / perSecond),
  };
}

function bar(plan: ProgressPlan, done: number, pace: Pace, nowMs: number): string {
  const part = plan.total > 0 ? Math.min(1, done / plan.total) : 1;
  const filled = Math.floor(part * BAR_CELLS);
  const cells = '#'.repeat(filled) + '.'.repeat(BAR_CELLS - filled);
  const amounts = `${count.format(done)}/${count.format(plan.total)} ${plan.unit}`;
  const head = `${plan.label} [${cells}] ${Math.floor(part * 100)}% ${amounts}`;
  if (pace.secondsLeft === undefined) return head;
  const finish = new Date(nowMs + pace.secondsLeft * 1000).toTimeString().slice(0, 8);
  return `${head}, ${count.format(pace.perSecond)}/s, ends ${finish} (${pace.secondsLeft} s)`;
}

/** A bar of progress for one file after the other. */
export function fileBars(context: CommandContext, verb: string) {
  let bar: Progress | undefined;
  let of = '';
  let shown = 0;
  return {
    onProgress(file: string, bytesDone: number, bytesTotal: number) {
      if (file !== of) {
        bar?.finish();
        bar = undefined;
        of = file;
        shown = 0;
      }
      const total = Math.ceil(bytesTotal / KILOBYTE);
      bar ??= context.progress({ label: `${verb} ${file}`, total, unit: 'KB' });
      const done = Math.ceil(bytesDone / KILOBYTE);
      bar.advance(done - shown);
      shown = done;
    },
    finish: () => bar?.finish(),
  };
}
