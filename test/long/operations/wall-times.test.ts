import { describe, expect, it } from 'vitest';
import { differencesFromScan } from '../../operations/clock/by-minutes.js';

const HALF_HOURS = Array.from({ length: 48 }, (_, at) => 30 * at);

describe('each half hour on the wall, around each change of the clock and on ten other days', () => {
  it.each(Intl.supportedValuesOf('timeZone'))('in %s is what a scan of minutes finds', (zone) => {
    expect(differencesFromScan(zone, HALF_HOURS, 10)).toEqual([]);
  });
});
