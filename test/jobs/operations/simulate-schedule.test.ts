import { describe, expect, it } from 'vitest';
import { simulateSchedule } from '../../../src/jobs/operations/simulate/simulate-schedule.js';
import { holdToCases, refusal } from './simulate-cases.js';

holdToCases('O-S', simulateSchedule);

const plan = {
  plan: 'NIGHT',
  version: 1,
  time_zone: 'UTC',
  at: '01:00',
  first_date: '2026-03-01',
};
const up = [['2026-03-01T00:00:00Z', '2026-03-10T00:00:00Z']];
const scene = { plan, hosts: [{ host: 'A', up }], minutes: 10, until: '2026-03-09T00:00:00Z' };

describe('a scheduler', () => {
  it('ends what a later date made stale, while another still runs: missed: latest', () => {
    // 03-01 starts on 03-02 at 01:00 and runs 60 hours, to 03-04 13:00; 03-02 and 03-03 wait.
    const answer = simulateSchedule({
      ...scene,
      plan: { ...plan, missed: 'latest' },
      long: { '2026-03-01': 3600 },
      until: '2026-03-04T20:00:00Z',
    });
    expect(answer).toMatchObject({
      alarms: [
        { at: '2026-03-03T01:06:00Z', date: '2026-03-02', kind: 'late' },
        { at: '2026-03-04T01:00:00Z', date: '2026-03-02', kind: 'missed' },
        { at: '2026-03-04T01:06:00Z', date: '2026-03-03', kind: 'late' },
      ],
      instances: [
        { date: '2026-03-01', state: 'done', ended: '2026-03-04T13:00:00Z' },
        { date: '2026-03-02', state: 'missed', starts: [] },
        { date: '2026-03-03', state: 'done', starts: [{ at: '2026-03-04T13:00:00Z' }] },
      ],
    });
  });

  it('starts nothing behind one that failed and is never resumed', () => {
    const fails = { '2026-03-01': '2026-03-02T01:05:00Z' };
    const answer = simulateSchedule({ ...scene, fails, until: '2026-03-04T00:00:00Z' });
    // Resumed while it runs still: refused, and it fails at 01:10.
    expect(answer).toMatchObject({ counts: { failed: 1, waiting: 1 } });
  });

  it('whose host is gone for good leaves its run to another after the lease', () => {
    // Dead at 01:04:10 with 250 s done of 600: B takes over at 01:06, and ends 350 s later.
    const hosts = [
      { host: 'A', up: [['2026-03-02T00:00:00Z', '2026-03-02T01:04:10Z']] },
      { host: 'B', up },
    ];
    const until = '2026-03-02T02:00:00Z';
    expect(simulateSchedule({ ...scene, hosts, until })).toMatchObject({
      instances: [
        {
          starts: [
            { host: 'A', at: '2026-03-02T01:00:00Z' },
            { host: 'B', at: '2026-03-02T01:06:00Z' },
          ],
          ended: '2026-03-02T01:11:50Z',
        },
      ],
    });
  });

  const yearless = {
    plan: { ...plan, on: { working: true } },
    calendar: { years: [2025], holidays: [] },
  };
  it.each([
    [{ fails: { '2026-03-01': '2026-03-11T00:00:00Z' } }, 'fails.2026-03-01: no host is up'],
    [{ long: { yesterday: 5 } }, 'long: must name dates, YYYY-MM-DD; got yesterday'],
    [{ hosts: [{ host: 'A', up: [...up, ...up] }] }, 'hosts[0].up[1]: must end after'],
    [{ hosts: [{ host: 'A', up: [['2026-03-01T00:00:00Z']] }] }, 'hosts[0].up[0]: must be two'],
    [{ plan: { ...plan, time_zone: 'Asia/Shangai' } }, 'plan.time_zone: must be a time zone'],
    [{ plan: { ...plan, on: { month_day: [0] } } }, 'plan.on.month_day[0]: must be 1 to 31'],
    [{ plan: { ...plan, on: { months: [] } } }, 'plan.on.months: must name one at least'],
    [{ plan: undefined }, 'plan: must be a mapping'],
  ])('is refused with %j', (change, message) => {
    const simulate = () => simulateSchedule({ ...scene, ...change });
    expect(simulate).toThrow(refusal('invalid_document', message));
  });

  it('is refused where a condition asks for a year without a calendar', () => {
    const simulate = () => simulateSchedule({ ...scene, ...yearless });
    expect(simulate).toThrow(refusal('calendar_year_not_loaded', '2026'));
  });
});
