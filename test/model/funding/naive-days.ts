/** Days and amounts of the naive models: texts and BigInt, nothing of the engine. */

export interface NaiveCalendar {
  readonly holidays: readonly string[];
  readonly workdays: readonly string[];
  readonly years: readonly number[];
}

export interface Dark {
  readonly from: string;
  readonly to: string;
}

export function nextDay(day: string, days = 1): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

export function isWorked(day: string, calendar: NaiveCalendar | undefined): boolean {
  if (calendar === undefined || calendar.workdays.includes(day)) return true;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !calendar.holidays.includes(day);
}

export const isDark = (day: string, dark: readonly Dark[]) =>
  dark.some(({ from, to }) => from <= day && day <= to);

/** The page, Net settlement: counted off one working day after the other. */
export function naiveDue(
  businessDate: string,
  days: number,
  dark: readonly Dark[],
  calendar: NaiveCalendar | undefined,
): string {
  let day = businessDate;
  if (days === 0) while (!isWorked(day, calendar)) day = nextDay(day);
  for (let counted = 0; counted < days; ) {
    day = nextDay(day);
    if (isWorked(day, calendar)) counted += 1;
  }
  // One day on at a time: a dark day or a free one after it is none to settle on.
  if (isDark(day, dark)) {
    while (isDark(day, dark) || !isWorked(day, calendar)) day = nextDay(day);
  }
  return day;
}

/** The last day of its month that is worked and not dark. */
export function isNaiveMonthEnd(
  day: string,
  dark: readonly Dark[],
  calendar: NaiveCalendar | undefined,
): boolean {
  const month = day.slice(0, 7);
  for (let later = nextDay(day); later.startsWith(month); later = nextDay(later)) {
    if (isWorked(later, calendar) && !isDark(later, dark)) return false;
  }
  return true;
}

export const fenOf = (text: string) => BigInt(text.replace('.', ''));

export function yuanOf(fen: bigint): string {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** num / den, halves away from zero. */
export function half(num: bigint, den: bigint): bigint {
  const size = ((num < 0n ? -num : num) * 2n + den) / (den * 2n);
  return num < 0n ? -size : size;
}

/** A rate of at most four decimals in ten-thousandths. */
export const rateOf = (text: string) => BigInt(Math.round(Number(text) * 10_000));
export const times = (amount: bigint, rate: string) => half(amount * rateOf(rate), 10_000n);
