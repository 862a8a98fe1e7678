import { describe, expect, it } from 'vitest';
import { Calendar } from '../../../src/accounting/calendar/calendar.js';
import { eachDay, formatDay, parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { type Condition, holdsOn } from '../../../src/operations/plan/condition.js';
import { datePlaces, filled, placesIn } from '../../../src/operations/plan/places.js';

const day = (text: string) => parseDay(text)!;
const NONE: Condition = {
  months: null,
  weekdays: null,
  monthDay: null,
  working: null,
  workingDay: null,
};
/** April 2026: the 1st is a Wednesday; the 6th, a Monday, is free, the 11th, a Saturday, worked. */
const calendar = new Calendar({
  holidays: [day('2026-04-06')],
  workdays: [day('2026-04-11')],
  years: [2026],
});

function daysOf(condition: Partial<Condition>, month = '04', last = '30'): string[] {
  const days = eachDay(day(`2026-${month}-01`), day(`2026-${month}-${last}`));
  return days
    .filter((each) => holdsOn({ ...NONE, ...condition }, each, calendar))
    .map((each) => formatDay(each).slice(-2));
}

describe('a condition on the business date', () => {
  it.each<[Partial<Condition>, string[]]>([
    [{ monthDay: [1, -1] }, ['01', '30']],
    [{ monthDay: [31, -30] }, ['01']],
    // Worked: 1, 2, 3, then 7 (the 6th is free), 8, 9, 10, 11 ... 27, 28, 29, 30.
    [{ workingDay: [4, -1] }, ['07', '30']],
    [{ workingDay: [8] }, ['11']],
    [{ workingDay: [-2], weekdays: ['wed'] }, ['29']],
    [{ weekdays: ['mon'] }, ['06', '13', '20', '27']],
    [{ weekdays: ['mon', 'sat'], working: true }, ['11', '13', '20', '27']],
    [{ weekdays: ['mon', 'sat'], working: false }, ['04', '06', '18', '25']],
    [{ months: [3, 5] }, []],
  ])('%j holds on %j of April', (condition, days) => {
    expect(daysOf(condition)).toEqual(days);
  });

  it('counts the days of a short month from its end', () => {
    expect(daysOf({ monthDay: [-1, 29] }, '02', '28')).toEqual(['28']);
  });

  it('asks the calendar only where it needs to', () => {
    const beyond = day('2027-04-01');
    expect(holdsOn({ ...NONE, months: [5], working: true }, beyond, calendar)).toBe(false);
    expect(() => holdsOn({ ...NONE, working: true }, beyond, calendar)).toThrow('2027');
  });
});

describe('places', () => {
  it('are filled from the business date and what is given', () => {
    const values = { ...datePlaces(day('2026-12-31')), inbox: '/in' };
    expect(filled('{inbox}/a-{yyyymmdd}-{date}-{month}-{next_date}.csv', values)).toBe(
      '/in/a-20261231-2026-12-31-2026-12-2027-01-01.csv',
    );
    expect(placesIn('{a}{b} {c')).toEqual(['a', 'b']);
  });
});
