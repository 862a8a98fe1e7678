import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { MOVE_ENDS } from '../../operations/figures/moves.js';
import { type Ratio, shownRate } from '../../operations/figures/ratio.js';
import type { FigureLine } from './figure-list.js';
import { daysShown, type Morning } from './gather.js';
import { isBroken } from './night.js';
import { box, label, line, picture, SHADES, scaled, WIDTH } from './svg.js';
import { type Language, wordIn } from './words.js';

const LEFT = 150;
const ROW = 24;

/**
 * Steps of the night as bars on one line of time, each above a bar of its usual time, and a mark
 * where it was planned.
 */
export function nightPicture({ night }: Morning, language: Language): string {
  const spans = night.flatMap((step) => {
    const { from, to, planned } = step;
    const began = Date.parse(from ?? planned ?? '');
    const due = Date.parse(planned ?? '');
    const ended = Date.parse(to ?? '') || began;
    return Number.isNaN(began) ? [] : [{ ...step, isBad: isBroken(step), began, ended, due }];
  });
  if (spans.length === 0) return '';
  const first = Math.min(...spans.map(({ began }) => began));
  const last = Math.max(
    ...spans.map(({ began, ended, median }) => Math.max(ended, began + 1_000 * (median ?? 0))),
    first + 1_000,
  );
  const place = (at: number) =>
    LEFT + Math.floor(((at - first) * (WIDTH - LEFT - 10)) / (last - first));
  const parts = spans.map(({ step, began, ended, due, median, isBad, seconds }, at) => {
    const y = at * ROW;
    const x = place(began);
    const says = `${step}: ${seconds ?? '-'} s, ${wordIn(language, 'median')} ${median ?? '-'} s`;
    const fill = isBad ? '#a3231b' : '#2f6ea5';
    // A night that caught up was due long before; the line of time is that of what ran.
    const isNear = due >= first && due <= last;
    const mark = { x: place(isNear ? due : first), y: y + 2, width: 2, height: 14 };
    const usual = place(began + 1_000 * (median ?? 0)) - x;
    return (
      label(LEFT - 8, y + 15, step, 'end') +
      box({ x, y: y + 4, width: Math.max(2, place(ended) - x), height: 10 }, fill, says) +
      box({ x, y: y + 15, width: usual, height: 4 }, '#9aa7b2', says) +
      (isNear ? box(mark, '#1b2733', `${step}: ${wordIn(language, 'planned')}`) : '')
    );
  });
  return picture(wordIn(language, 'night'), spans.length * ROW + 6, parts);
}

const BAR_HEIGHT = 150;

/** Two rows of bars, a bar a day: all buckets, and below those that are overdue, larger. */
export function bucketPicture(morning: Morning, language: Language): string {
  const days = daysShown(morning.day);
  const principals = days.map((day) =>
    (morning.days.get(day)?.figures.buckets ?? []).map(({ principal }) => principal),
  );
  const parts = [0, 1].map((from) => {
    const top = 24 + from * (BAR_HEIGHT + 30);
    return stackedBars({ days, principals, from, top });
  });
  const legend = SHADES.map((fill, bucket) => {
    const x = LEFT + bucket * 90;
    const square = box({ x, y: 4, width: 12, height: 12 }, fill, `M${bucket}`);
    return square + label(x + 16, 15, `M${bucket}`);
  });
  const names = [label(LEFT - 8, 100, 'M0-M7', 'end'), label(LEFT - 8, 280, 'M1-M7', 'end')];
  const title = wordIn(language, 'bucketDays');
  return picture(title, 2 * (BAR_HEIGHT + 30) + 24, [...legend, ...names, ...parts]);
}

interface Bars {
  readonly days: readonly number[];
  readonly principals: readonly (readonly bigint[])[];
  /** The first bucket that is drawn. */
  readonly from: number;
  readonly top: number;
}

function stackedBars({ days, principals, from, top }: Bars): string {
  const sum = (of: readonly bigint[]) => of.reduce((all, each) => all + each, 0n);
  const most = principals
    .map((of) => sum(of.slice(from)))
    .reduce((left, right) => (left > right ? left : right), 0n);
  const step = Math.floor((WIDTH - LEFT) / days.length);
  const bars = principals.map((of, at) => {
    let below = 0n;
    const stack = of.map((principal, bucket) => {
      if (bucket < from || principal === 0n) return '';
      const under = scaled(below, most, BAR_HEIGHT);
      below += principal;
      const over = scaled(below, most, BAR_HEIGHT);
      const place = { x: LEFT + at * step, width: step - 4 };
      const height = Math.max(1, over - under);
      const says = `${formatDay(days[at]!)} M${bucket}`;
      return box({ ...place, y: top + BAR_HEIGHT - over, height }, SHADES[bucket]!, says);
    });
    return stack.join('');
  });
  const y = top + BAR_HEIGHT + 16;
  const ends =
    label(LEFT, y, formatDay(days[0]!)) + label(WIDTH - 4, y, formatDay(days.at(-1)!), 'end');
  return bars.join('') + ends;
}

/** From bucket to bucket: the share of what was in the first, the darker the larger. */
export function movePicture({ day, days }: Morning, language: Language): string {
  const moves = days.get(day)?.figures.moves ?? [];
  if (moves.length === 0) return '';
  const froms = [...new Set(moves.map(({ from }) => from))];
  const width = Math.floor((WIDTH - 60) / MOVE_ENDS.length);
  const heads = MOVE_ENDS.map((to, at) => label(60 + at * width + 4, 14, to));
  const rows = froms.map((from, row) => {
    const own = moves.filter((move) => move.from === from);
    const all = own.reduce((sum, { principal }) => sum + principal, 0n);
    const y = 22 + row * 30;
    const cells = own.map(({ to, principal }) => {
      const share = shownRate({ num: principal, den: all }) ?? '';
      const shade = scaled(principal, all, 80);
      const x = 60 + MOVE_ENDS.indexOf(to) * width;
      const fill = `hsl(${to <= from && to.startsWith('M') ? 150 : 14} 70% ${92 - shade / 2}%)`;
      const says = `${from} ${to} ${percent(share)}`;
      const place = { x, y, width: width - 3, height: 26 };
      return box(place, fill, says) + label(x + 4, y + 17, percent(share, 1));
    });
    return label(8, y + 17, from) + cells.join('');
  });
  return picture(wordIn(language, 'moves'), 30 + froms.length * 30, [...heads, ...rows]);
}

const STROKES = ['#2f6ea5', '#cf4226', '#3a8a5f', '#8a5fae', '#b58a1b', '#4b5563'] as const;

/** A curve a cohort over its months on book. */
export function vintagePicture({ monthEnds }: Morning, language: Language): string {
  const ends = [...monthEnds].sort(([left], [right]) => left - right);
  const cohorts = [...new Set(ends.flatMap(([, kept]) => (kept.vintage ?? []).map(cohortOf)))];
  const curves = cohorts.sort().map((cohort) => ({
    cohort,
    rates: ends.flatMap(([, kept]): (Ratio | null)[] => {
      const row = kept.vintage?.find((each) => each.cohort === cohort);
      return row === undefined ? [] : [{ num: row.late, den: row.disbursed }];
    }),
  }));
  const all = curves.flatMap(({ rates }) => rates.map((rate) => permille(rate)));
  const most = Math.max(1, ...all);
  const months = Math.max(1, ...curves.map(({ rates }) => rates.length - 1));
  const parts = curves.map(({ cohort, rates }, at) => {
    const stroke = STROKES[at % STROKES.length]!;
    const points = rates.map((rate, month): [number, number] => [
      LEFT + Math.floor((month * (WIDTH - LEFT - 110)) / months),
      170 - Math.floor((permille(rate) * 150) / most),
    ]);
    const [x, y] = points.at(-1)!;
    const dot = `<circle cx="${x}" cy="${y}" r="3" fill="${stroke}"/>`;
    return line(points, stroke) + dot + label(x + 6, y + 4, cohort);
  });
  const axis = label(LEFT - 8, 24, percent(`${(most / 1_000).toFixed(6)}`, 1), 'end');
  return picture(wordIn(language, 'vintage'), 190, [axis, ...parts]);
}

function cohortOf({ cohort }: { readonly cohort: string }): string {
  return cohort;
}

function permille(rate: Ratio | null): number {
  return rate === null ? 0 : scaled(rate.num, rate.den, 1_000);
}

/** The thirty days of a figure as one small line. */
export function sparkline(morning: Morning, { of }: FigureLine): string {
  const values = daysShown(morning.day).map((day): bigint | null => {
    const kept = morning.days.get(day);
    if (kept === undefined) return null;
    const value = of(kept);
    if (typeof value === 'number') return BigInt(value);
    if (typeof value === 'bigint') return value;
    return value.den === 0n ? null : (value.num * 1_000_000n) / value.den;
  });
  const most = values.reduce(
    (left: bigint, right) => (right !== null && right > left ? right : left),
    0n,
  );
  const points = values.map((value, at): [number, number] | null =>
    value === null ? null : [at * 4 + 2, 26 - scaled(value, most, 24)],
  );
  const last = points.at(-1);
  const dot = last ? `<circle cx="${last[0]}" cy="${last[1]}" r="2.5" fill="#2f6ea5"/>` : '';
  const drawn = line(points, '#2f6ea5') + dot;
  return `<svg viewBox="0 0 120 28" class="spark" aria-hidden="true">${drawn}</svg>`;
}

/** A rate of six decimals in percent, exactly, or with fewer decimals cut off. */
export function percent(rate: string, decimals = 4): string {
  const [whole = '0', fraction = ''] = rate.split('.');
  const digits = `${whole}${fraction.padEnd(6, '0').slice(0, 2)}`.replace(/^(-?)0+(?=[0-9])/, '$1');
  const rest = fraction.padEnd(6, '0').slice(2, 2 + decimals);
  return `${digits}${rest === '' ? '' : `.${rest}`}%`;
}
