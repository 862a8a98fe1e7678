import { isDue } from './condition.js';
import type { ActPart, JobPart, PlanRunDocument } from './documents.js';
import { dayAfter, firstFrom, minuteOf, openings } from './wall.js';

/** A step as the page names it; `open` is all that has neither started nor ended. */
interface NaiveStep {
  job: JobPart;
  state: 'open' | 'running' | 'done' | 'skipped' | 'not_due' | 'failed' | 'interrupted';
  why: string | null;
  attempts: { from: number; to: number | null; exit: number | null }[];
  /** Retries since the begin or the resume. */
  retries: number;
  again: number;
  names: string[];
  filesBy: number | null;
  closes: number | null;
  deadline: number | null;
  open: { opens: number; closes: number }[];
}

/** The run of a plan by the words of OPERATIONS, section 3: one minute after the other. */
export class NaiveRun {
  readonly #in: PlanRunDocument;
  readonly #steps: NaiveStep[];
  readonly #due: number;
  #state = 'waiting';
  #exit: number | null = null;
  readonly #executions: { from: number; to: number | null; exit: number | null }[] = [];
  readonly #alarms: object[] = [];
  readonly #refused: object[] = [];
  readonly #held = new Set<string>();
  readonly #told = new Set<string>();
  readonly #ready: Map<string, number>;
  #now = 0;

  constructor(input: PlanRunDocument) {
    this.#in = input;
    const { time_zone: zone, at, after_days: days } = input.plan;
    const day = dayAfter(input.date, days);
    this.#due = minuteOf(zone, day, at);
    this.#ready = new Map(input.files.map((file) => [file.name, minuteIn(file.ready_at)]));
    const first = (time?: string) =>
      time === undefined ? null : firstFrom(zone, time, this.#due, day);
    this.#steps = input.plan.jobs.map((job) => {
      const open = job.window === undefined ? [] : openings(zone, job.window, day);
      return {
        job,
        state: isDue(job.when ?? {}, input.date, input.calendar) ? 'open' : 'not_due',
        why: null,
        attempts: [],
        retries: 0,
        again: 0,
        names: (job.files ?? []).map(({ name }) => name.replace('{date}', input.date)),
        filesBy: first(job.files_by),
        closes: open.find(({ closes }) => closes > this.#due)?.closes ?? null,
        deadline: first(job.deadline),
        open,
      };
    });
  }

  answer(): object {
    const start = minuteIn(this.#in.start);
    const until = minuteIn(this.#in.until);
    const acts = this.#in.acts.map((act) => ({ act, minute: minuteIn(act.at) }));
    for (this.#now = start; this.#now <= until; this.#now += 1) {
      if (this.#now === start) this.#execute();
      this.#attemptsEnd();
      for (const { act, minute } of acts) if (minute === this.#now) this.#act(act);
      if (this.#state === 'running') this.#minute();
    }
    this.#now = until;
    return {
      due: text(this.#due),
      state: this.#state,
      exit: this.#exit,
      executions: this.#executions.map(spanText),
      steps: this.#steps.map((step) => this.#shown(step)),
      alarms: this.#alarms,
      refused: this.#refused,
    };
  }

  #minute(): void {
    do {
      for (const step of this.#steps) this.#clocks(step);
      for (const step of this.#steps) this.#startIfFree(step);
    } while (this.#attemptsEnd());
    const isRunning = this.#steps.some(({ state }) => state === 'running');
    const open = this.#steps.filter((step) => step.state === 'open' && !this.#isBlocked(step));
    if (isRunning || open.some((step) => !this.#isHeld(step) && this.#mayStart(step))) return;
    const failed = this.#steps.find(({ state }) => state === 'failed');
    const exit = failed?.why === 'exit' ? failed.attempts.at(-1)?.exit : 1;
    if (open.length > 0) this.#end('held', 75);
    else if (failed === undefined) this.#end('done', 0);
    else this.#end('failed', exit === 3 || exit === 4 || exit === 75 ? exit : 1);
  }

  #needs(step: NaiveStep): NaiveStep[] {
    return (step.job.needs ?? []).map((name) => this.#steps.find(({ job }) => job.job === name)!);
  }

  #isBlocked(step: NaiveStep): boolean {
    if (step.state !== 'open' || step.job.always === true) return false;
    return this.#needs(step).some((need) => need.state === 'failed' || this.#isBlocked(need));
  }

  #isMet(step: NaiveStep): boolean {
    return ['done', 'skipped', 'not_due'].includes(step.state);
  }

  #mayStart(step: NaiveStep): boolean {
    return this.#needs(step).every(
      (need) =>
        this.#isMet(need) ||
        (step.job.always === true && (need.state === 'failed' || this.#isBlocked(need))),
    );
  }

  #isHeld(step: NaiveStep): boolean {
    return this.#held.has(step.job.job) || this.#held.has('*');
  }

  #areReady(step: NaiveStep, by: number): boolean {
    return step.names.every((name) => this.#ready.has(name) && this.#ready.get(name)! <= by);
  }

  #whyNot(step: NaiveStep): string | null {
    if (!this.#mayStart(step)) return '';
    if (this.#isHeld(step)) return 'held';
    if (!this.#areReady(step, this.#now)) return 'files';
    if (this.#now < step.again) return 'retry';
    const isOpen = step.open.some((each) => each.opens <= this.#now && this.#now < each.closes);
    if (step.job.window !== undefined && !isOpen) return 'window';
    const running = this.#steps.filter(({ state }) => state === 'running').length;
    return running < this.#in.plan.parallel ? null : 'slot';
  }

  #startIfFree(step: NaiveStep): void {
    if (step.state !== 'open' || this.#whyNot(step) !== null) return;
    step.state = 'running';
    step.attempts.push({ from: this.#now, to: null, exit: null });
  }

  #attemptsEnd(): boolean {
    let any = false;
    for (const step of this.#steps) {
      const attempt = step.attempts.at(-1);
      if (step.state !== 'running' || attempt === undefined) continue;
      const outcomes = this.#in.outcomes[step.job.job] ?? [];
      const own = outcomes[step.attempts.length - 1] ?? { exit: 0, seconds: 60 };
      const limit = step.job.time_out === undefined ? null : minutesOf(step.job.time_out);
      const isOut = limit !== null && own.seconds / 60 > limit;
      if (attempt.from + (isOut ? limit : own.seconds / 60) !== this.#now) continue;
      attempt.to = this.#now;
      attempt.exit = isOut ? 124 : own.exit;
      this.#ended(step, attempt.exit);
      any = true;
    }
    return any;
  }

  #ended(step: NaiveStep, exit: number): void {
    const { accept = [], retry } = step.job;
    if (exit === 0 || accept.includes(exit)) {
      step.state = 'done';
      if (exit !== 0) this.#alarm(step, 'accepted');
    } else if (retry?.on.includes(exit) && step.retries < retry.times) {
      const wait = minutesOf(retry.wait) * retry.factor ** step.retries;
      step.retries += 1;
      step.again = this.#now + Math.min(wait, minutesOf(retry.max));
      step.state = 'open';
    } else this.#fail(step, 'exit');
  }

  #fail(step: NaiveStep, why: string): void {
    step.state = 'failed';
    step.why = why;
    this.#alarm(step, 'failed');
  }

  #alarm(step: NaiveStep, kind: string): void {
    this.#alarms.push({ at: text(this.#now), job: step.job.job, kind });
  }

  #once(step: NaiveStep, kind: string): void {
    if (!this.#told.has(`${step.job.job} ${kind}`)) this.#alarm(step, kind);
    this.#told.add(`${step.job.job} ${kind}`);
  }

  #clocks(step: NaiveStep): void {
    const isPast = (minute: number | null) => minute !== null && minute <= this.#now;
    const isWaiting = () => step.state === 'open' && !this.#isBlocked(step);
    if (isPast(step.filesBy) && isWaiting()) {
      if (!this.#areReady(step, step.filesBy!)) this.#once(step, 'files_late');
      if (!this.#areReady(step, this.#now)) {
        const missing = step.job.files_missing ?? 'fail';
        if (missing === 'fail') this.#fail(step, 'files_missing');
        if (missing === 'skip') {
          step.state = 'skipped';
          step.why = 'files_missing';
        }
      }
    }
    const hasTold = (kind: string) => this.#told.has(`${step.job.job} ${kind}`);
    if (isPast(step.closes) && step.state === 'running' && !hasTold('window_missed')) {
      this.#once(step, 'outlived');
    }
    if (isPast(step.closes) && isWaiting() && !hasTold('outlived')) {
      this.#once(step, 'window_missed');
      if (step.job.window_missed === 'fail') this.#fail(step, 'window_missed');
    }
    if (isPast(step.deadline) && !this.#isMet(step)) this.#once(step, 'deadline');
  }

  #execute(): void {
    this.#state = 'running';
    this.#exit = null;
    this.#executions.push({ from: this.#now, to: null, exit: null });
  }

  #end(state: string, exit: number | null): void {
    this.#state = state;
    this.#exit = exit;
    Object.assign(this.#executions.at(-1)!, { to: this.#now, exit });
  }

  #resume(): void {
    for (const step of this.#steps.filter((each) => !this.#isMet(each))) {
      Object.assign(step, { state: 'open', why: null, retries: 0, again: 0 });
    }
    this.#execute();
  }

  #act(act: ActPart): void {
    const rule = this.#rule(act);
    if (rule !== null) {
      const job = act.job === undefined ? {} : { job: act.job };
      this.#refused.push({ at: act.at, do: act.do, ...job, rule });
      return;
    }
    const name = act.job ?? '*';
    if (act.do === 'hold') this.#held.add(name);
    if (act.do === 'skip') {
      const step = this.#steps.find(({ job }) => job.job === name)!;
      Object.assign(step, { state: 'skipped', why: 'person' });
    }
    if (act.do === 'release') this.#held.delete(name);
    if (act.do === 'resume' || (act.do === 'release' && this.#state === 'held')) this.#resume();
    if (act.do === 'kill' || act.do === 'stop') {
      const exit = act.do === 'stop' ? 130 : null;
      for (const step of this.#steps.filter(({ state }) => state === 'running')) {
        Object.assign(step, { state: 'interrupted', why: act.do });
        Object.assign(step.attempts.at(-1)!, { to: this.#now, exit });
      }
      this.#end('interrupted', exit);
    }
  }

  /** The first rule, in the page's order, that refuses an act. */
  #rule({ do: what, job, by, checker, reason = '' }: ActPart): string | null {
    const step = this.#steps.find((each) => each.job.job === job);
    const hasEnded = step === undefined ? this.#steps.every(this.#isMet) : this.#isMet(step);
    const isHeld = this.#held.has(job ?? '*');
    const rules: Readonly<Record<string, readonly (readonly [string, boolean])[]>> = {
      resume: [
        ['running', this.#state === 'running'],
        ['done', this.#state === 'done'],
      ],
      kill: [['not_running', this.#state !== 'running']],
      stop: [['not_running', this.#state !== 'running']],
      hold: [
        ['running', step?.state === 'running'],
        ['ended', hasEnded],
        ['held', isHeld],
        ['no_reason', reason === ''],
      ],
      release: [['not_held', !isHeld]],
      skip: [
        ['never_skipped', step?.job.skip === 'never'],
        ['no_checker', checker === undefined],
        ['same_person', checker === by],
        ['running', step?.state === 'running'],
        ['ended', hasEnded],
        ['no_reason', reason === ''],
      ],
    };
    return rules[what]?.find(([, isBroken]) => isBroken)?.[0] ?? null;
  }

  #shown(step: NaiveStep): object {
    const isWaiting = step.state === 'open' && !this.#isBlocked(step);
    const why = isWaiting ? this.#whyNot(step) : step.why;
    const state = isWaiting ? 'waiting' : step.state === 'open' ? 'blocked' : step.state;
    return {
      job: step.job.job,
      state,
      ...(why ? { why } : {}),
      attempts: step.attempts.map(spanText),
    };
  }
}

function minuteIn(instant: string): number {
  return Date.parse(instant) / 60_000;
}

function minutesOf(duration: string): number {
  return Number(duration.slice(0, -1)) * (duration.endsWith('h') ? 60 : 1);
}

function text(minute: number): string {
  return new Date(minute * 60_000).toISOString().replace('.000', '');
}

function spanText({ from, to, exit }: { from: number; to: number | null; exit: number | null }) {
  return { from: text(from), to: to === null ? null : text(to), exit };
}
