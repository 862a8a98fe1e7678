import { describe, expect, it } from 'vitest';
import { simulateWindow } from '../../../src/jobs/operations/simulate/simulate-window.js';
import { holdToCases, refusal } from './simulate-cases.js';

holdToCases('O-W', simulateWindow);

const berlin = { time_zone: 'Europe/Berlin', due: '2026-03-28T20:00:00Z', ready: [] };

describe('a window', () => {
  it('that a gap empties is none: 02:00 to 03:00 closes on the day after', () => {
    // Due at 21:00 in Berlin; 02:00 and 03:00 of the 29th are one instant; 03:00 CEST is 01:00 UTC.
    const ready = ['2026-03-29T00:30:00Z'];
    expect(simulateWindow({ ...berlin, window: ['02:00', '03:00'], ready })).toEqual({
      closes: '2026-03-30T01:00:00Z',
      starts: [{ start: '2026-03-30T00:00:00Z', missed: false }],
    });
  });

  it('closes after the due time, not at it', () => {
    const due = '2026-03-28T05:00:00Z';
    expect(simulateWindow({ ...berlin, due, window: ['00:30', '06:00'], ready: [due] })).toEqual({
      // 06:00 and 00:30 of the 29th: one after the jump, one before it.
      closes: '2026-03-29T04:00:00Z',
      starts: [{ start: '2026-03-28T23:30:00Z', missed: false }],
    });
  });

  it.each([
    [{ window: ['02:00', '02:00'] }, 'window: must be two different wall times'],
    [{ window: ['02:00'] }, 'window: must be two different wall times'],
    [{ window: ['02:00', '24:00'] }, 'window[1]: must be a wall time, HH:MM; got 24:00'],
    [{ window: ['02:00', '03:00'], time_zone: 'Europe/Berlln' }, 'time_zone: must be a time zone'],
    [{ window: ['02:00', '03:00'], due: '2026-02-30T00:00:00Z' }, 'due: must be an instant'],
    [{ window: ['02:00', '03:00'], dew: 1 }, 'dew: unknown key'],
  ])('%j is refused', (change, message) => {
    expect(() => simulateWindow({ ...berlin, ...change })).toThrow(
      refusal('invalid_document', message),
    );
  });
});
