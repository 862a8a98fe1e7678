import { describe, expect, it } from 'vitest';
import { simulatePlan } from '../../../src/jobs/operations/simulate/simulate-plan.js';
import { holdToCases, refusal } from './simulate-cases.js';

holdToCases('O-P', simulatePlan);

const plan = {
  plan: 'NIGHT',
  version: 1,
  time_zone: 'UTC',
  first_date: '2026-03-01',
  at: '00:30',
  jobs: [
    { job: 'close', run: ['close'], window: ['00:30', '06:00'], window_missed: 'fail' },
    { job: 'report', run: ['report'], needs: ['close'] },
  ],
};
const scene = {
  plan,
  date: '2026-03-31',
  start: '2026-04-01T00:30:00Z',
  until: '2026-04-02T00:00:00Z',
};

describe('the run of a plan', () => {
  it('is interrupted with 130 by a stop, and tells at the resume what passed', () => {
    // Stopped at 00:31 while close runs; its window closes at 06:00; a resume does not move it.
    const acts = [
      { at: '2026-04-01T00:30:30Z', do: 'stop', by: 'p1' },
      { at: '2026-04-01T00:31:00Z', do: 'stop' },
      { at: '2026-04-01T07:00:00Z', do: 'resume' },
    ];
    expect(simulatePlan({ ...scene, acts })).toEqual({
      due: '2026-04-01T00:30:00Z',
      state: 'failed',
      exit: 1,
      executions: [
        { from: '2026-04-01T00:30:00Z', to: '2026-04-01T00:30:30Z', exit: 130 },
        { from: '2026-04-01T07:00:00Z', to: '2026-04-01T07:00:00Z', exit: 1 },
      ],
      steps: [
        {
          job: 'close',
          state: 'failed',
          why: 'window_missed',
          attempts: [{ from: '2026-04-01T00:30:00Z', to: '2026-04-01T00:30:30Z', exit: 130 }],
        },
        { job: 'report', state: 'blocked', attempts: [] },
      ],
      alarms: [
        { at: '2026-04-01T07:00:00Z', job: 'close', kind: 'window_missed' },
        { at: '2026-04-01T07:00:00Z', job: 'close', kind: 'failed' },
      ],
      refused: [{ at: '2026-04-01T00:31:00Z', do: 'stop', rule: 'not_running' }],
    });
  });

  it('goes on from a failed job that two persons skip', () => {
    const at = '2026-04-01T07:00:00Z';
    const acts = [
      { at, do: 'skip', job: 'close', by: 'p1', checker: 'p2', reason: 'closed by hand' },
      { at, do: 'resume' },
    ];
    expect(
      simulatePlan({ ...scene, outcomes: { close: [{ exit: 3, seconds: 60 }] }, acts }),
    ).toMatchObject({
      state: 'done',
      executions: [{ exit: 3 }, { from: at, to: '2026-04-01T07:01:00Z', exit: 0 }],
      steps: [{ state: 'skipped', why: 'person' }, { state: 'done' }],
    });
  });

  const act = (change: object) => ({ acts: [{ at: '2026-04-01T00:40:00Z', ...change }] });
  it.each([
    [{ start: '2026-04-01T00:29:59Z' }, 'start: must not be before the due time'],
    [{ date: '2026-02-28' }, 'date: must not be before first_date'],
    [{ plan: { ...plan, jobs: [] } }, 'plan.jobs: must have a job'],
    [{ outcomes: { closing: [] } }, 'outcomes.closing: is no job of the plan'],
    [act({ do: 'hold', job: 'closing' }), 'acts[0].job: is no job of the plan'],
    [act({ do: 'skip', by: 'p1' }), 'acts[0].job: is required'],
    [act({ do: 'kill', job: 'close' }), 'acts[0].job: is no key of kill'],
    [act({ do: 'resume', at: '2026-04-01T00:00:00Z' }), 'acts[0].at: must not be before start'],
  ])('is refused with %j', (change, message) => {
    const simulate = () => simulatePlan({ ...scene, ...change });
    expect(simulate).toThrow(refusal('invalid_document', message));
  });
});
