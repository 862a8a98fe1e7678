import { z } from 'zod';
import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import { parseAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { Fen } from '../../../accounting/money/units.js';
import { LIMIT_DIGITS } from '../../../accounting/product/policy-bounds.js';
import { field, integer, listOf, mapping, rate } from '../../../documents/fields.js';
import type { Violation } from '../../../documents/violations.js';
import {
  DAY_SECONDS,
  type RouteLimits,
  type WallSpan,
  wallSecond,
} from '../../../funding/route/route-limits.js';

const TIME = /^([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?$/;
const WEIGHT_MAX = 1_000_000;

/** Seconds since midnight of `HH:MM` or `HH:MM:SS`, up to `24:00`; undefined: no such time. */
export function parseTimeOfDay(text: string): number | undefined {
  const [, hour, minute, second = '0'] = TIME.exec(text) ?? [];
  if (hour === undefined || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return seconds <= DAY_SECONDS ? seconds : undefined;
}

/** A time of a day. */
export function timeOfDay() {
  const schema = { type: 'string', pattern: TIME.source };
  return field('must be a time, HH:MM or HH:MM:SS', schema, (text) => {
    const seconds = parseTimeOfDay(text);
    return seconds === undefined || seconds === DAY_SECONDS ? undefined : seconds;
  });
}

/** The same kept as its text, `24:00` among them: the end of the day. */
const timeText = () =>
  field('must be a time, HH:MM or HH:MM:SS', { type: 'string', pattern: TIME.source }, (text) =>
    parseTimeOfDay(text) === undefined ? undefined : text,
  );

const momentText = () =>
  field(
    'must be a date, or a date and a time: YYYY-MM-DDTHH:MM',
    { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?$' },
    (text) => (secondsOf(text) === undefined ? undefined : text),
  );

/** An amount, not negative, kept as its text. */
const boundText = (digits: number) =>
  field(
    `must be an amount, not negative, of at most ${digits} decimals`,
    { type: ['string', 'number'], format: 'decimal', minimum: 0 },
    (text) => ((parseAmount(text, digits) ?? -1) >= 0 ? text : undefined),
  );

/** What a plan takes; the keys of `route`. A document says the same in every currency. */
export const routeFields = (digits = LIMIT_DIGITS) => {
  const bound = () => boundText(digits).nullable().default(null);
  return {
    priority: integer(0).nullable().default(null),
    weight: integer(1, WEIGHT_MAX).default(1),
    loan_min: bound(),
    loan_max: bound(),
    terms: listOf(integer(1)).min(1, { error: 'must name one at least' }).nullable().default(null),
    rate_max: rate().nullable().default(null),
    daily: bound(),
    total: bound(),
    customer: bound(),
    deposit: bound(),
    hours: z
      .tuple([timeText(), timeText()], { error: 'must be two times: from, and before' })
      .nullable()
      .default(null),
    dark: listOf(mapping({ from: momentText(), to: momentText() })).default([]),
  };
};

export const routeSchema = () => mapping(routeFields());
export type RouteDocument = z.output<ReturnType<typeof routeSchema>>;

/** Contradictions between the keys of `route`. */
export function faultsOfRoute(
  { loan_min, loan_max, hours, dark }: RouteDocument,
  path: string,
): Violation[] {
  const [min, max] = [loan_min, loan_max].map((text) => parseAmount(text ?? '', LIMIT_DIGITS));
  const isCrossed = min !== undefined && max !== undefined && min > max;
  const isEmpty = hours !== null && parseTimeOfDay(hours[0]) === parseTimeOfDay(hours[1]);
  return [
    ...(isCrossed ? [{ path: `${path}loan_max`, rule: 'must not be below loan_min' }] : []),
    ...(isEmpty ? [{ path: `${path}hours`, rule: 'must be two different times' }] : []),
    ...dark.flatMap((each, at) => {
      const { from, to } = spanOf(each);
      return from < to
        ? []
        : [{ path: `${path}dark[${at}].to`, rule: 'must not be before `from`' }];
    }),
  ];
}

/** Limits that `routeFields` have checked, in the minor units of a currency. */
export function routeLimits(document: RouteDocument, minorDigits: number): RouteLimits {
  const amount = (text: string | null): Fen | null => {
    if (text === null) return null;
    const scaled = parseAmount(text, LIMIT_DIGITS) ?? 0;
    // What is below a minor unit bounds nothing: a bound is cut to it.
    return Math.floor(scaled / 10 ** (LIMIT_DIGITS - minorDigits));
  };
  const { terms, rate_max, weight, hours, dark, priority } = document;
  const [from, to] = hours ?? [];
  return {
    loanMinFen: amount(document.loan_min),
    loanMaxFen: amount(document.loan_max),
    terms: terms === null ? null : new Set(terms),
    rateMaxPpb: rate_max === null ? null : (parseRatePpb(rate_max) ?? 0),
    dailyFen: amount(document.daily),
    totalFen: amount(document.total),
    customerFen: amount(document.customer),
    depositFen: amount(document.deposit),
    weight,
    hours:
      from === undefined || to === undefined
        ? null
        : { from: parseTimeOfDay(from) ?? 0, to: parseTimeOfDay(to) ?? 0 },
    dark: dark.map(spanOf),
    priority,
  };
}

/** A day that ends a span is wholly in it, a moment is not. */
function spanOf({ from, to }: { from: string; to: string }): WallSpan {
  const end = secondsOf(to) ?? 0;
  return { from: secondsOf(from) ?? 0, to: to.includes('T') ? end : end + DAY_SECONDS };
}

function secondsOf(text: string): number | undefined {
  const [date = '', time] = text.split('T');
  const day = parseDay(date);
  const seconds = time === undefined ? 0 : parseTimeOfDay(time);
  return day === undefined || seconds === undefined ? undefined : wallSecond(day, seconds);
}
