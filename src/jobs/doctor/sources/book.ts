import { dayOf, formatDay } from '../../../accounting/calendar/epoch-day.js';
import { readSql } from '../../../db/sql-file.js';
import { maskText } from '../../../files/mask.js';
import { MINUTE } from '../../../operations/clock/instant.js';
import { listCalendarYears } from '../../book/calendar-years.js';
import { openDate } from '../../book/open-day.js';
import { todayOfBook } from '../../book/today.js';
import type { FactSource } from '../fact-source.js';
import type { House } from '../house.js';

/** By then a night is over: only from then on is yesterday behind. */
const NIGHT_MINUTES = 7 * 60;
/** Where every day is worked, no year is ever missing. */
const NO_END = '9999-12-31';

export const BOOK_SOURCES: readonly FactSource[] = [
  {
    facts: ['today'],
    find: async (house) => ({ facts: { today: formatDay(todayOfBook(new Date(house.now()))) } }),
  },
  {
    facts: ['calendar_through'],
    find: async (house) => ({ facts: { calendar_through: await calendarThrough(house) } }),
  },
  {
    facts: ['days_behind'],
    find: async (house) => ({ facts: { days_behind: await daysBehind(house) } }),
  },
  {
    facts: ['orphan_tables'],
    async find(house) {
      const client = await house.client();
      const { rows } = await client.query<{ name: string }>(
        readSql(import.meta.url, 'orphan-tables'),
      );
      const names = rows.map(({ name }) => name);
      return { facts: { orphan_tables: names.length }, seen: { orphan_tables: names } };
    },
  },
  {
    facts: ['quarantined'],
    async find(house) {
      const client = await house.client();
      const { rows } = await client.query<{ name: string; reason: string }>(
        `SELECT name, reason FROM inbox_file WHERE state = 'quarantined' ORDER BY file_id`,
      );
      // A sender may have put a number of a person into a name.
      const seen = rows.map(({ name, reason }) => `${maskText(name)}: ${reason}`);
      return { facts: { quarantined: rows.length }, seen: { quarantined: seen } };
    },
  },
];

/** The last day up to which no year is missing, counted from today's or the last before it. */
async function calendarThrough(house: House): Promise<string | null> {
  const client = await house.client();
  const { rows } = await client.query<{ calendar: string }>('SELECT calendar FROM book');
  if (rows[0]?.calendar === 'none') return NO_END;
  const years = new Set((await listCalendarYears(client)).map(({ year }) => year));
  const thisYear = Number(formatDay(todayOfBook(new Date(house.now()))).slice(0, 4));
  let last = Math.max(...[...years].filter((year) => year <= thisYear));
  if (!Number.isFinite(last)) return null;
  while (last >= thisYear && years.has(last + 1)) last += 1;
  return formatDay(dayOf(last, 12, 31));
}

/** Days that are over and not closed; yesterday only once its night is over. */
async function daysBehind(house: House): Promise<number> {
  const open = await openDate(await house.client());
  const closing = todayOfBook(new Date(house.now() - NIGHT_MINUTES * MINUTE));
  return Math.max(0, closing - open);
}
