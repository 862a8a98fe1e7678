import { expect, it } from 'vitest';
import { Calendar } from '../../../src/accounting/calendar/calendar.js';
import { planAtHand, planFromValue } from '../../../src/jobs/operations/documents/plan-document.js';
import { MINUTE } from '../../../src/operations/clock/instant.js';
import {
  attemptBegun,
  attemptEnded,
  interrupted,
  resumed,
  takenOver,
} from '../../../src/operations/run/attempts.js';
import { beginRun } from '../../../src/operations/run/run.js';

const plan = planFromValue(
  {
    plan: 'NIGHT',
    version: 1,
    time_zone: 'UTC',
    first_date: '2026-04-01',
    at: '00:30',
    jobs: [
      { job: 'close', run: ['close'], retry: { times: 1, wait: '2m' } },
      { job: 'reports', run: ['reports'] },
    ],
  },
  { name: 'plan' },
);

/** `reports` has failed, and the holder dies five minutes into the first attempt of `close`. */
function afterDeath() {
  const run = beginRun(planAtHand(plan, Calendar.everyDayWorks), 20_544);
  const failed = attemptEnded(attemptBegun(run, 1, run.due), 1, run.due, 1).run;
  const begun = attemptBegun(failed, 0, run.due);
  return interrupted(begun, run.due + 5 * MINUTE, 'kill');
}

it('what a scheduler takes over has lost a try, and what failed stays failed', () => {
  const run = takenOver(afterDeath());
  const again = run.due + 6 * MINUTE;
  const { steps } = attemptEnded(attemptBegun(run, 0, again), 0, again, 75).run;
  expect(steps.map(({ state, tries }) => ({ state, tries }))).toEqual([
    { state: 'failed', tries: 2 },
    { state: 'failed', tries: 1 },
  ]);
  expect(steps[0]?.attempts).toEqual([
    { from: run.due, to: run.due + 5 * MINUTE, exit: null },
    { from: again, to: again, exit: 75 },
  ]);
});

it('what a person resumes has all its tries', () => {
  const run = resumed(afterDeath());
  const again = run.due + 6 * MINUTE;
  const { steps } = attemptEnded(attemptBegun(run, 0, again), 0, again, 75).run;
  expect(steps.map(({ state, notBefore }) => ({ state, notBefore }))).toEqual([
    { state: 'waiting', notBefore: again + 2 * MINUTE },
    { state: 'waiting', notBefore: null },
  ]);
});
