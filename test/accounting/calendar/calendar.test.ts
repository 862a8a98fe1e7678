import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Calendar, lastFreeDay } from '../../../src/accounting/calendar/calendar.js';
import {
  addMonthsAnchored,
  civilOf,
  dayOf,
  formatDay,
  parseDay,
} from '../../../src/accounting/calendar/epoch-day.js';
import { Refusal } from '../../../src/accounting/money/refusal.js';
import { practiceCase } from '../product/practice-cases.js';
import { day } from '../product/terms.js';

describe('days', () => {
  test('agree with the platform calendar from 1600 to 2400', () => {
    const milliseconds = 86_400_000;
    for (let at = day('1600-01-01'); at < day('2400-01-01'); at += 1) {
      const text = new Date(at * milliseconds).toISOString().slice(0, 10);
      if (formatDay(at) !== text || parseDay(text) !== at) throw new Error(`day ${at}: ${text}`);
    }
  });

  test('a date and its day are inverse', () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (at) => {
        const { year, month, day: dayOfMonth } = civilOf(at);
        expect(dayOf(year, month, dayOfMonth)).toBe(at);
      }),
    );
  });

  test.each([
    '2026-02-29',
    '2026-13-01',
    '2026-1-1',
    '2026-00-10',
    '0000-01-01',
    '2026-04-31 ',
    '2026-04-3',
    '2026/04/01',
    '2026-04-0x',
    '20:6-04-01',
    '2026-0/-01',
    '2026-04-\u0661\u0661',
    '',
  ])('%j is no date', (text) => {
    expect(parseDay(text)).toBeUndefined();
  });

  test.each([
    ['2026-01-31', 1, 31, '2026-02-28'],
    ['2026-02-28', 1, 31, '2026-03-31'],
    ['2027-12-30', 2, 30, '2028-02-29'],
    ['2026-03-31', -1, 31, '2026-02-28'],
    ['2026-12-15', 13, 15, '2028-01-15'],
  ])('%s, %d months on, anchored at %d, is %s', (start, months, anchor, expected) => {
    expect(formatDay(addMonthsAnchored(day(start), months, anchor))).toBe(expected);
  });
});

describe('C2: holidays and grace', () => {
  const { input, expected } = practiceCase(
    'C2',
    z.object({ due: z.string(), graceDays: z.number(), workdays: z.array(z.string()) }),
    z.object({ lastPenaltyFreeDate: z.record(z.string(), z.string()) }),
  );
  const calendar = new Calendar({
    holidays: [1, 2, 3, 4, 5, 6, 7].map((of) => dayOf(2026, 10, of)),
    workdays: input.workdays.map(day),
    years: [2026],
  });

  test.each(['max', 'min', 'grace_then_holiday', 'holiday_then_grace', 'any'] as const)(
    '%s',
    (mode) => {
      const last = lastFreeDay(day(input.due), input.graceDays, mode, calendar);
      expect(formatDay(last)).toBe(expected.lastPenaltyFreeDate[mode.toUpperCase()]);
      expect(lastFreeDay(day(input.due), 0, mode, Calendar.everyDayWorks)).toBe(day(input.due));
    },
  );

  test('a weekend is free unless it is named as worked', () => {
    expect(calendar.isWorkingDay(day('2026-10-10'))).toBe(true);
    expect(calendar.isWorkingDay(day('2026-10-11'))).toBe(false);
    expect(formatDay(calendar.workingDayOnOrAfter(day('2026-10-11')))).toBe('2026-10-12');
  });

  test('a year that is not loaded is refused when it is needed', () => {
    expect(calendar.isWorkingDay(day('2026-12-31'))).toBe(true);
    expect(() => calendar.workingDayOnOrAfter(day('2027-01-01'))).toThrow(Refusal);
    expect(() => lastFreeDay(day('2026-12-30'), 3, 'grace_then_holiday', calendar)).toThrow('2027');
  });
});
