const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const texts = new Map<string, string>();
const found = new Map<string, number>();

/** `2026-03-29 03:00`, as the wall of the zone shows it in a minute since 1970. */
function wallAt(zone: string, minute: number): string {
  const key = `${zone} ${minute}`;
  const known = texts.get(key);
  if (known !== undefined) return known;
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  formats.set(zone, format);
  const text = format.format(minute * MINUTE_MS);
  texts.set(key, text);
  return text;
}

/** The first minute at which the wall shows that time of that date, or is past it. */
export function minuteOf(zone: string, date: string, time: string): number {
  const wanted = `${date} ${time}`;
  const known = found.get(`${zone} ${wanted}`);
  if (known !== undefined) return known;
  let minute = Date.parse(`${date}T00:00:00Z`) / MINUTE_MS - DAY_MINUTES;
  while (wallAt(zone, minute) < wanted) minute += 1;
  found.set(`${zone} ${wanted}`, minute);
  return minute;
}

export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MINUTES * MINUTE_MS)
    .toISOString()
    .slice(0, 10);
}

/** The first minute of that wall time at or after another minute. */
export function firstFrom(zone: string, time: string, minute: number, around: string): number {
  for (let k = -3; ; k += 1) {
    const at = minuteOf(zone, dayAfter(around, k), time);
    if (at >= minute) return at;
  }
}

/** The openings of a window on the days around a date, those left out that a gap empties. */
export function openings(
  zone: string,
  [opens, closes]: readonly [string, string],
  around: string,
): { opens: number; closes: number }[] {
  const over = closes < opens ? 1 : 0;
  return Array.from({ length: 12 }, (_, k) => dayAfter(around, k - 3))
    .map((date) => ({
      opens: minuteOf(zone, date, opens),
      closes: minuteOf(zone, dayAfter(date, over), closes),
    }))
    .filter((each) => each.opens < each.closes);
}
