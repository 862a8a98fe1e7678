import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readDocumentText } from '../../../src/documents/read-text.js';
import {
  planFromValue,
  planJsonSchema,
} from '../../../src/jobs/operations/documents/plan-document.js';
import {
  applyPlan,
  checkPlan,
  listPlans,
  loadPlan,
  showPlan,
} from '../../../src/jobs/plan/plans.js';
import { writtenPlan } from '../../../src/jobs/plan/written-plan.js';
import { packageRoot } from '../../../src/package-root.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

const FOLDER = join(packageRoot, 'config/plans');
const examples = readdirSync(FOLDER).map((name) => [
  name,
  readFileSync(join(FOLDER, name), 'utf8'),
]);

const plan = {
  plan: 'NIGHT',
  version: 1,
  first_date: '2026-04-01',
  at: '00:30',
  jobs: [
    { job: 'gate', program: ['true'], files: [{ name: 'a-{date}.csv', control: '.ok' }] },
    {
      job: 'close',
      run: ['eod', 'run', '--date', '{date}'],
      needs: ['gate'],
      window: ['23:00', '06:00'],
      deadline: '07:00',
      time_out: '90s',
      retry: { times: 2, wait: '60s' },
      when: { weekdays: ['mon'], month_day: [-1] },
    },
  ],
  alarms: [
    { on: ['failed', 'late'], command: ['logger', '-t', 'loanbook'] },
    { on: ['failed'], webhook: 'https://alarms.example.org/hook' },
  ],
};
const text = (change: object = {}) => stringify({ ...plan, ...change });

describe('a plan as it is written', () => {
  it('has every default, times and lengths as a person writes them', () => {
    expect(writtenPlan(planFromValue(plan, { name: 'plan' }))).toEqual({
      plan: 'NIGHT',
      version: 1,
      time_zone: 'Asia/Shanghai',
      calendar: null,
      first_date: '2026-04-01',
      at: '00:30',
      after_days: 1,
      on: {},
      missed: 'all',
      start_within: '5m',
      parallel: 1,
      parameters: {},
      jobs: [
        {
          job: 'gate',
          program: ['true'],
          needs: [],
          when: {},
          always: false,
          files: [{ name: 'a-{date}.csv', control: '.ok' }],
          files_by: null,
          files_missing: 'fail',
          window: null,
          window_missed: 'wait',
          deadline: null,
          time_out: null,
          retry: null,
          accept: [],
          skip: 'two_persons',
        },
        {
          job: 'close',
          run: ['eod', 'run', '--date', '{date}'],
          needs: ['gate'],
          when: { weekdays: ['mon'], month_day: [-1] },
          always: false,
          files: [],
          files_by: null,
          files_missing: 'fail',
          window: ['23:00', '06:00'],
          window_missed: 'wait',
          deadline: '07:00',
          time_out: '90s',
          retry: { times: 2, wait: '1m', factor: 2, max: '15m', on: [75] },
          accept: [],
          skip: 'two_persons',
        },
      ],
      alarms: plan.alarms,
    });
  });

  it.each(examples)('is the same plan again: %s', (name = '', example = '') => {
    expect(checkPlan(example, name).jobs).toBeGreaterThan(1);
    const read = planFromValue(readDocumentText(example, name), { name });
    expect(planFromValue(writtenPlan(read), { name })).toEqual(read);
  });
});

it('is refused with the page that has its keys', () => {
  const next = expect.stringContaining('docs/night.md');
  for (const change of [{ time_zon: 'Asia/Shanghai' }, { jobs: [] }]) {
    expect(() => checkPlan(text(change), 'p')).toThrow(expect.objectContaining({ next }));
  }
});

it('the schema that is kept is the one that is made', () => {
  const kept = readFileSync(join(packageRoot, 'config/schemas/plan.schema.json'), 'utf8');
  // When this fails: loanbook plan schema > config/schemas/plan.schema.json
  expect(kept).toBe(`${JSON.stringify(planJsonSchema(), null, 2)}\n`);
  expect(JSON.parse(kept)).toMatchObject({ properties: { start_within: { default: '5m' } } });
});

describe('plans of a book', () => {
  let book: ImportBook;
  beforeAll(async () => {
    book = await importBook();
  });
  afterAll(() => book.remove());
  const apply = (content: string) => applyPlan(book.client, content, 'plan.yaml', 'Li Na');
  const refusal = (content: string) => apply(content).catch((error) => error);

  it('are applied once: the same content again changes nothing, other content is refused', async () => {
    const applied = { plan: 'NIGHT', version: 1, jobs: 2 };
    expect(await apply(text())).toMatchObject({ ...applied, outcome: 'applied' });
    // Only the form is another one: a comment, a default that is written out.
    expect(await apply(`# again\n${text({ parallel: 1 })}`)).toMatchObject({
      outcome: 'unchanged',
    });
    expect(await refusal(text({ at: '00:45' }))).toMatchObject({
      code: 'plan_version_exists',
      exitCode: 2,
      evidence: { plan: 'NIGHT', path: 'version', rule: 'never changes', value: 1 },
      next: 'Give it `version: 2`, or see `loanbook plan show NIGHT`.',
    });
    expect(await apply(text({ version: 2, at: '00:45' }))).toMatchObject({ outcome: 'applied' });
    const audit = await book.rows(`SELECT subject FROM audit WHERE action = 'plan apply'
      ORDER BY audit_id`);
    expect(audit).toEqual([{ subject: 'NIGHT 1' }, { subject: 'NIGHT 2' }]);
  });

  it('are shown and run by as they were applied', async () => {
    expect(await listPlans(book.client)).toMatchObject([
      { plan: 'NIGHT', version: 1, at: '00:30', firstDate: '2026-04-01', appliedBy: 'Li Na' },
      { plan: 'NIGHT', version: 2, at: '00:45', timeZone: 'Asia/Shanghai' },
    ]);
    const { document } = await showPlan(book.client, 'NIGHT', 1);
    const again = planFromValue(document, { name: 'shown' });
    expect(again).toEqual(planFromValue(plan, { name: 'plan' }));
    expect(await loadPlan(book.client, 'NIGHT', 1)).toEqual(again);
    expect(await loadPlan(book.client, 'NIGHT')).toMatchObject({ version: 2, at: 45 });
    await expect(loadPlan(book.client, 'NONE')).rejects.toMatchObject({
      code: 'unknown_plan',
      exitCode: 2,
    });
  });

  it('that were changed in the table are not run', async () => {
    await book.asOwner(`UPDATE plan_version SET document = replace(document, 'true', 'false')
      WHERE version = 2`);
    await expect(loadPlan(book.client, 'NIGHT')).rejects.toMatchObject({
      code: 'document_changed',
      exitCode: 3,
      evidence: { table: 'plan_version', document: 'plan NIGHT 2' },
    });
  });

  const job = (change: object) => ({ jobs: [{ job: 'a', run: ['check'], ...change }] });
  it.each([
    [{ calendar: 'us' }, 'unknown_calendar', 'calendar', undefined],
    [{ jobs: [] }, 'invalid_document', 'jobs', 'must have a job'],
    [job({ needs: ['a'] }), 'invalid_document', 'jobs[0].needs', 'must form no circle: a needs a'],
    [job({ needs: ['b'] }), 'invalid_document', 'jobs[0].needs[0]', 'is no job of the plan'],
    [
      job({ run: ['check', '{day}'] }),
      'invalid_document',
      'jobs[0].run[1]',
      expect.stringContaining('has a place that nothing fills'),
    ],
    [
      { time_zone: 'Asia/Peking' },
      'invalid_document',
      'time_zone',
      'must be a time zone, such as Asia/Shanghai',
    ],
    [
      job({ window: ['06:00', '06:00'] }),
      'invalid_document',
      'jobs[0].window',
      expect.stringContaining('it is empty'),
    ],
    [job({ always: true }), 'invalid_document', 'jobs[0].always', 'no_effect: without needs'],
    [
      { jobs: [plan.jobs[0], plan.jobs[0]] },
      'invalid_document',
      'jobs[1].job',
      'there is another job of that name',
    ],
  ])('are refused with path and rule: %j', async (change, code, path, rule) => {
    expect(await refusal(text({ version: 9, ...change }))).toMatchObject({
      code,
      exitCode: 2,
      evidence: { source: 'plan.yaml', path, ...(rule !== undefined && { rule }) },
      next: expect.stringMatching(/./),
    });
  });
});
