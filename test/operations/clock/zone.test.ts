import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../../src/operations/clock/instant.js';
import { findZone } from '../../../src/operations/clock/zone.js';
import { differencesFromScan } from './by-minutes.js';

/** Changes at midnight, by half an hour, by two hours, four times a year, and none at all. */
const ZONES = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Havana',
  'America/New_York',
  'America/Nuuk',
  'America/Santiago',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Beirut',
  'Asia/Shanghai',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
];
const TIMES = [0, 30, 119, 120, 150, 180, 720, 1410];

describe('a wall time as an instant', () => {
  it.each(ZONES)('in %s is what a scan of minutes finds', (zone) => {
    expect(differencesFromScan(zone, TIMES, 3)).toEqual([]);
  });

  it.each([
    // Spring of 2026: CET is UTC+1, CEST UTC+2 from 01:00 UTC of 03-29; autumn back on 10-25.
    ['Europe/Berlin', 20_541, 150, '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', 20_751, 150, '2026-10-25T00:30:00Z'],
    ['Asia/Shanghai', 20_541, 30, '2026-03-28T16:30:00Z'],
  ])('%s, day %i, minute %i: %s', (name, day, time, instant) => {
    expect(findZone(name)?.instantOf(day, time)).toBe(parseInstant(instant));
  });

  it('where a whole day was left out, is the first instant after it', () => {
    // Samoa went from 2011-12-29 24:00 (UTC-10) to 2011-12-31 00:00 (UTC+14).
    const apia = findZone('Pacific/Apia');
    expect(apia?.instantOf(15_338, 720)).toBe(parseInstant('2011-12-30T10:00:00Z'));
  });

  it.each(['Europe/Berlln', '+08:00', '', ' '])('%j is no zone', (name) => {
    expect(findZone(name)).toBeUndefined();
  });
});
