import { describe, expect, it } from 'vitest';
import { planFromValue } from '../../../src/jobs/operations/documents/plan-document.js';
import { refusal } from './simulate-cases.js';

const SOURCE = { name: 'plan.yaml' };
const plan = {
  plan: 'NIGHT',
  version: '1',
  time_zone: 'Asia/Shanghai',
  first_date: '2026-04-01',
  at: '00:30',
};
const JOB_ALARMS = ['accepted', 'failed', 'files_late', 'outlived', 'window_missed', 'deadline'];
const job = (change: object) => ({ job: 'a', run: ['gate'], ...change });
const files = [{ name: 'a-{date}.csv' }];
const alarm = (change: object) => ({
  alarms: [{ on: ['failed'], command: ['logger'], ...change }],
});
const retry = (change: object) => ({ retry: { times: 2, ...change } });

function read(change: object): unknown {
  return planFromValue({ ...plan, ...change }, SOURCE);
}

describe('a plan', () => {
  it('takes the keys of the page, and their defaults', () => {
    const whole = {
      ...plan,
      calendar: 'cn',
      after_days: '1',
      on: { months: ['3'], weekdays: ['mon'], working: true, month_day: ['-1'] },
      missed: 'all',
      start_within: '5m',
      parallel: '1',
      parameters: { workers: '2' },
      jobs: [
        job({ job: 'gate' }),
        {
          job: 'repayments',
          run: ['import', 'repayments', '{inbox}/repay-{yyyymmdd}.csv', '{workers}'],
          needs: ['gate'],
          when: {},
          always: false,
          files: [{ name: 'repay-{yyyymmdd}.csv', control: '.ok' }],
          files_by: '06:00',
          files_missing: 'fail',
          window: ['00:30', '06:00'],
          window_missed: 'wait',
          deadline: '07:00',
          time_out: '2h',
          retry: { times: '5', wait: '60s', factor: '2', max: '15m', on: ['75'] },
          accept: [],
          skip: 'two_persons',
        },
      ],
      alarms: [
        { on: [...JOB_ALARMS, 'late', 'missed', 'taken_over'], command: ['logger', '-t', 'x'] },
        { on: ['failed'], webhook: 'https://alarms.example.org/hook' },
      ],
    };
    expect(planFromValue(whole, SOURCE)).toMatchObject({
      name: 'NIGHT',
      at: 30,
      startWithin: 300_000,
      on: { months: [3], monthDay: [-1], workingDay: null },
      jobs: [
        {
          line: { kind: 'run', words: ['gate'] },
          filesMissing: 'fail',
          retry: null,
          skip: 'two_persons',
        },
        {
          window: { opens: 30, closes: 360 },
          timeOut: 7_200_000,
          retry: { times: 5, wait: 60_000, factor: 2, max: 900_000, on: [75] },
        },
      ],
      alarms: [
        { on: { length: 9 }, way: { command: ['logger', '-t', 'x'] } },
        { on: ['failed'], way: { webhook: 'https://alarms.example.org/hook' } },
      ],
    });
    const none = { jobs: [], alarms: [] };
    const defaults = { afterDays: 1, missed: 'all', startWithin: 300_000, parallel: 1, ...none };
    expect(read({})).toMatchObject(defaults);
    expect(read({ jobs: [job(retry({}))] })).toMatchObject({
      jobs: [{ retry: { times: 2, wait: 60_000, factor: 2, max: 900_000, on: [75] } }],
    });
  });

  it.each([
    [{ jobs: [job({ needs: ['a'] })] }, 'jobs[0].needs: must form no circle: a needs a'],
    [
      // b is in no circle, though it needs one that is.
      {
        jobs: [
          job({ job: 'b', needs: ['c'] }),
          job({ needs: ['c'] }),
          job({ job: 'c', needs: ['a'] }),
        ],
      },
      'jobs[1].needs: must form no circle: a needs c needs a',
    ],
    [{ jobs: [job({ needs: ['b'] })] }, 'jobs[0].needs[0]: is no job of the plan; got b'],
    [{ jobs: [job({}), job({ job: 'b', needs: ['a', 'a'] })] }, 'jobs[1].needs[1]: is named twice'],
    [{ jobs: [job({}), job({})] }, 'jobs[1].job: there is another job of that name; got a'],
    [{ jobs: [job({ run: undefined })] }, 'jobs[0]: must have either run or program'],
    [{ jobs: [job({ program: ['x'] })] }, 'jobs[0]: must have either run or program'],
    [{ jobs: [job({ run: [] })] }, 'jobs[0].run: must name one at least'],
    [
      { jobs: [job({ run: ['x', '{yyyymdd}'] })] },
      'jobs[0].run[1]: has a place that nothing fills',
    ],
    [{ jobs: [job({ run: undefined, program: ['x', '{}'] })] }, 'jobs[0].program[1]: has a place'],
    [{ jobs: [job({ files: [{ name: '{inbox}/x' }] })] }, 'jobs[0].files[0].name: has a place'],
    [{ jobs: [job({ files: [{ name: '../x' }] })] }, 'jobs[0].files[0].name: must be a name in'],
    [{ plan: 'N'.repeat(65) }, 'plan: must be a name of 1 to 64 letters'],
    [{ jobs: [job({ job: 'j'.repeat(65) })] }, 'jobs[0].job: must be a name of 1 to 64 letters'],
    [{ jobs: [job({ files: [...files, ...files] })] }, 'jobs[0].files[1].name: is named twice'],
    [{ jobs: [job({ window: ['06:00', '06:00'] })] }, 'jobs[0].window: must be two different'],
    [{ jobs: [job({ window: ['06:00', '6:30'] })] }, 'jobs[0].window[1]: must be a wall time'],
    [{ jobs: [job({ time_out: '0m' })] }, 'jobs[0].time_out: must be a time such as'],
    [{ jobs: [job({ time_out: '1 day' })] }, 'jobs[0].time_out: must be a time such as'],
    [{ jobs: [job(retry({ on: ['75', '0'] }))] }, 'jobs[0].retry.on[1]: must be none of 0, 2, 130'],
    [{ jobs: [job(retry({ on: [2] }))] }, 'jobs[0].retry.on[0]: must be none of 0, 2, 130'],
    [{ jobs: [job(retry({ on: [130] }))] }, 'jobs[0].retry.on[0]: must be none of 0, 2, 130'],
    [{ jobs: [job(retry({ on: [75, 75] }))] }, 'jobs[0].retry.on: must name none twice'],
    [{ jobs: [job({ exit: 1 })] }, 'jobs[0].exit: unknown key'],
    [{ time_zone: 'Asia/Peking' }, 'time_zone: must be a time zone'],
    [{ first_date: '2026-02-29' }, 'first_date: must be a date'],
    [{ after_days: 8 }, 'after_days: must be a whole number, 0 to 7'],
    [{ on: { weekdays: ['Mo'] } }, 'on.weekdays[0]: must be one of mon, tue'],
    [{ on: { working_day: [-32] } }, 'on.working_day[0]: must be 1 to 31'],
    [{ parameters: { date: 'x' } }, 'parameters.date: is the name of a place already'],
    [{ at: undefined }, 'at: is required'],
    [alarm({ on: ['fail'] }), 'alarms[0].on[0]: must be one of accepted, failed, files_late'],
    [alarm({ on: [] }), 'alarms[0].on: must name one at least'],
    [alarm({ on: undefined }), 'alarms[0].on: must be a list'],
    [alarm({ on: ['late', 'late'] }), 'alarms[0].on: must name none twice'],
    [alarm({ command: undefined }), 'alarms[0]: must have either command or webhook'],
    [alarm({ webhook: 'http://a' }), 'alarms[0]: must have either command or webhook'],
    [alarm({ command: [] }), 'alarms[0].command: must name one at least'],
  ])('is refused with %j: %s', (change, message) => {
    expect(() => read(change)).toThrow(refusal('invalid_document', message));
  });

  it.each(['ftp://a/b', 'a.example.org', 'http://', 'http://a b', 'https://me:secret@a/'])(
    'sends alarms to no such address: %s',
    (webhook) => {
      const rule = 'alarms[0].webhook: must be an address of http or https, without a login';
      const read_ = () => read(alarm({ command: undefined, webhook }));
      expect(read_).toThrow(refusal('invalid_document', rule));
    },
  );

  it.each([
    [{ jobs: [job({ files_by: '06:00' })] }, 'jobs[0].files_by: no_effect: without files'],
    [{ jobs: [job({ files, files_missing: 'skip' })] }, 'jobs[0].files_missing: no_effect'],
    [{ jobs: [job({ window_missed: 'fail' })] }, 'jobs[0].window_missed: no_effect'],
    [{ jobs: [job({ always: true })] }, 'jobs[0].always: no_effect: without needs'],
    [{ jobs: [job({ accept: [3, 0] })] }, 'jobs[0].accept[1]: no_effect'],
    [{ jobs: [job({ accept: [75], ...retry({}) })] }, 'jobs[0].retry.on[0]: no_effect'],
    [{ jobs: [job({})], parallel: 2 }, 'parallel: no_effect: there is one job'],
    [{ jobs: [job({})], parameters: { workers: '2' } }, 'parameters.workers: no_effect'],
    [{ on: { working: true, working_day: [1] } }, 'on.working: no_effect'],
    [{ jobs: [job({ when: { working: true, working_day: [1] } })] }, 'jobs[0].when.working: no_e'],
  ])('%j can do nothing: %s', (change, message) => {
    expect(() => read(change)).toThrow(refusal('invalid_document', message));
  });
});
