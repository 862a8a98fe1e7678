import { Draw, type Loose } from '../../histories/draw.js';
import type { PlanRunDocument } from './documents.js';
import { dayAfter, minuteOf } from './wall.js';

const ZONES = ['Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns'];
/** Month ends, a worked Saturday, and business dates before both changes of the European clock. */
const DATES = ['2026-02-28', '2026-03-28', '2026-03-31', '2026-04-15', '2026-10-24'];
const TIMES = ['00:00', '00:30', '01:15', '02:00', '02:30', '03:00', '06:00', '12:00', '23:00'];
const EXITS = [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 75, 75, 124];
const HOURS = 30;

/** A plan of 2 to 12 jobs, how its attempts would end, what comes and what persons do. */
export function randomRun(seed: number): PlanRunDocument {
  const draw = new Draw(seed);
  const names = Array.from({ length: draw.between(2, 12) }, (_, at) => `j${at}`);
  const date = draw.of(DATES);
  const zone = draw.of(ZONES);
  const plan = {
    plan: 'NIGHT',
    version: 1,
    time_zone: zone,
    at: draw.of(TIMES),
    after_days: draw.upTo(3),
    first_date: '2026-01-01',
    parallel: draw.between(1, 4),
    jobs: jobsOf(draw, names),
  };
  const due = minuteOf(zone, dayAfter(date, plan.after_days), plan.at);
  const start = due + (draw.chance(0.7) ? 0 : draw.upTo(600));
  const soon = () => start + (draw.chance(0.6) ? draw.upTo(240) : draw.upTo(HOURS * 60));
  const files = plan.jobs.flatMap(({ files: awaited = [] }) =>
    awaited
      .filter(() => draw.chance(0.8))
      .map(({ name }: { name: string }) => ({
        name: name.replace('{date}', date),
        ready_at: instantOf(soon()),
      })),
  );
  return {
    plan,
    calendar: draw.chance(0.5) ? null : CALENDAR,
    date,
    start: instantOf(start),
    outcomes: outcomesOf(draw, names),
    files,
    acts: actsOf(draw, names, soon),
    until: instantOf(start + (draw.chance(0.2) ? draw.upTo(300) : HOURS * 60)),
  };
}

const CALENDAR = {
  years: [2026],
  holidays: ['2026-02-16', '2026-03-27', '2026-03-30', '2026-10-01'],
  workdays: ['2026-02-28', '2026-10-24', '2026-03-28'],
};

function instantOf(minute: number): string {
  return new Date(minute * 60_000).toISOString().replace('.000', '');
}

function some<T>(draw: Draw, share: number, value: () => T): T | undefined {
  return draw.chance(share) ? value() : undefined;
}

function jobsOf(draw: Draw, names: readonly string[]): Loose[] {
  // Needs go up in an order of their own, so that they form no circle and the plan's differs.
  const rank = new Map(names.map((name) => [name, draw.upTo(1000)]));
  return names.map((job) => {
    const lower = names.filter((name) => rank.get(name)! < rank.get(job)!);
    const needs = lower.filter(() => draw.chance(1.5 / (lower.length || 1)));
    const files = draw.chance(0.25) ? [{ name: `${draw.of(names)}-{date}.csv` }] : [];
    const filesBy = files.length > 0 ? some(draw, 0.7, () => draw.of(TIMES)) : undefined;
    const window = some(draw, 0.25, () => windowOf(draw));
    const accept = draw.chance(0.2) ? [3] : [];
    const document: Loose = {
      job,
      run: [job, '--date', '{date}'],
      needs,
      when: some(draw, 0.25, () => whenOf(draw)),
      always: needs.length > 0 && draw.chance(0.2),
      files,
      files_by: filesBy,
      files_missing: filesBy && draw.of(['fail', 'fail', 'skip', 'wait']),
      window,
      window_missed: window && draw.of(['wait', 'fail']),
      deadline: some(draw, 0.25, () => draw.of(TIMES)),
      time_out: some(draw, 0.25, () => `${draw.between(1, 40)}m`),
      retry: some(draw, 0.4, () => retryOf(draw)),
      accept,
      skip: draw.chance(0.1) ? 'never' : 'two_persons',
    };
    return JSON.parse(JSON.stringify(document));
  });
}

function windowOf(draw: Draw): [string, string] {
  const [opens, closes] = [draw.of(TIMES), draw.of(TIMES)];
  return opens === closes ? windowOf(draw) : [opens, closes];
}

function whenOf(draw: Draw): Loose {
  const key = draw.of(['months', 'weekdays', 'working', 'month_day', 'working_day']);
  const values: Loose = {
    months: [draw.of([2, 3, 10]), 4],
    weekdays: ['sat', draw.of(['tue', 'wed'])],
    working: draw.chance(0.7),
    month_day: [draw.of([-1, 28, -4, 15]), 31],
    working_day: [draw.of([-1, -2, 11, 20])],
  };
  return { [key]: values[key] };
}

function retryOf(draw: Draw): Loose {
  return {
    times: draw.between(1, 4),
    wait: `${draw.between(0, 10)}m`,
    factor: draw.between(1, 3),
    max: draw.of(['5m', '15m', '1h']),
    on: draw.of([[75], [75, 124], [1, 4]]),
  };
}

function outcomesOf(draw: Draw, names: readonly string[]): Loose {
  const attempt = () => ({
    exit: draw.of(EXITS),
    seconds: 60 * (draw.chance(0.1) ? 0 : draw.of([1, 2, 5, 10, 30, 60, 300])),
  });
  const known = names.filter(() => draw.chance(0.7));
  return Object.fromEntries(
    known.map((name) => [name, Array.from({ length: draw.between(1, 5) }, attempt)]),
  );
}

function actsOf(draw: Draw, names: readonly string[], soon: () => number): Loose[] {
  return Array.from({ length: draw.upTo(10) }, () => actOf(draw, names, soon()));
}

function actOf(draw: Draw, names: readonly string[], minute: number): Loose {
  const what = draw.of(['kill', 'kill', 'stop', 'resume', 'resume', 'resume', 'hold', 'release']);
  const at = instantOf(minute);
  if (draw.chance(0.2)) {
    return {
      at,
      do: 'skip',
      job: draw.of(names),
      by: 'p1',
      ...(draw.chance(0.9) ? { checker: draw.of(['p2', 'p2', 'p2', 'p1']) } : {}),
      ...(draw.chance(0.9) ? { reason: 'not today' } : {}),
    };
  }
  const job = draw.chance(0.8) ? { job: draw.of(names) } : {};
  if (what === 'hold') return { at, do: what, ...job, reason: draw.of(['wait', 'wait', '']) };
  return what === 'release' ? { at, do: what, ...job } : { at, do: what };
}
