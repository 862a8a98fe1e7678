import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { AlarmSender } from '../../../../src/jobs/plan/alarms/alarm-sender.js';
import { lookAtPlan } from '../../../../src/jobs/plan/schedule/look-at-plan.js';
import { DATES, type NightBook, nightBook, sh } from '../night-book.js';
import { type Hook, openHook } from './hook.js';

let book: NightBook;
beforeAll(async () => {
  book = await nightBook();
});
afterAll(() => book.remove());

const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0)) each();
});
async function hook(...answer: Parameters<typeof openHook>): Promise<Hook> {
  const opened = await openHook(...answer);
  undo.push(opened.close);
  return opened;
}

const told: unknown[] = [];
function sender(plan: string, tryMs = 5000): AlarmSender {
  const alarms = new AlarmSender(book.database.target, {
    plan,
    env: process.env,
    stop: new AbortController().signal,
    tell: (what) => told.push(what),
    sending: { tryMs, pausesMs: [1, 1] },
  });
  alarms.ring();
  return alarms;
}

/** A plan of three dates that nothing ran, and its three alarms. */
async function missedPlan(alarms: readonly object[]): Promise<string> {
  const plan = await book.plan([sh('a', 'exit 0')], { missed: 'none', alarms });
  await lookAtPlan(book.client, plan, { now: Date.parse('2026-05-01'), leaseSeconds: 60 });
  return plan;
}

const kept = (plan: string) =>
  book.rows(`SELECT kind, sent, failure, settled_at IS NOT NULL AS settled FROM night_alarm
    JOIN night USING (night_id) WHERE plan = '${plan}' ORDER BY alarm_id`);
const dates = (texts: readonly string[]) => texts.map((text) => JSON.parse(text).date).sort();
const on = ['missed'];

it('sends what a rule names, and settles what none does', async () => {
  const { url: webhook, got } = await hook();
  const other = await missedPlan([{ on: ['late'], webhook }]);
  await sender(other).end(5000);
  const plan = await missedPlan([
    { on: ['late'], webhook },
    { on, webhook },
  ]);
  await sender(plan).end(5000);
  await sender(plan).end(5000);
  expect(dates(got)).toEqual(DATES);
  const alarm = { kind: 'missed', failure: null, settled: true };
  expect(await kept(other)).toEqual(DATES.map(() => ({ ...alarm, sent: [] })));
  expect(await kept(plan)).toEqual(DATES.map(() => ({ ...alarm, sent: [1] })));
});

it('sends more at a time than it has slots, each once, though two senders are at it', async () => {
  const { url: webhook, got } = await hook((_, response) => {
    setTimeout(() => response.end(), 20);
  });
  const plan = await missedPlan([{ on, webhook }]);
  await book.asOwner(`INSERT INTO night_alarm (night_id, at, job, kind)
    SELECT night_id, now(), 'job' || k, 'missed' FROM night, generate_series(1, 10) AS k
    WHERE plan = '${plan}'`);
  await Promise.all([sender(plan), sender(plan)].map((alarms) => alarms.end(10_000)));
  expect(got).toHaveLength(33);
  expect(new Set(got).size).toBe(33);
});

it('keeps by which way each could not go, and goes the others', async () => {
  const failing = await hook((_, response) => {
    response.writeHead(500).end('138 0013 8000');
  });
  const { url: webhook, got } = await hook();
  const ways = [
    { on, webhook: failing.url },
    { on, command: ['false'] },
    { on, webhook },
  ];
  const plan = await missedPlan(ways);
  told.length = 0;
  await sender(plan).end(5000);
  expect([failing.got.length, got.length]).toEqual([9, 3]);
  const failures = [`${new URL(failing.url).host}: status 500`, 'false: exit 1'];
  for (const { failure, settled } of await kept(plan)) {
    expect(settled).toBe(true);
    expect(String(failure).split('; ').sort()).toEqual(failures.toSorted());
  }
  expect(told).toHaveLength(6);
  expect(told).toContainEqual({
    alarm: expect.objectContaining({ plan, date: DATES[0], kind: 'missed' }),
    failure: failures[0],
  });
});

it('is another living sender’s until its lease ends, and goes no way twice', async () => {
  const log = join(book.folder, 'lease.log');
  const hanging = await hook(() => undefined);
  const command = ['sh', '-c', 'cat >> "$0"', log];
  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
  const plan = await missedPlan([
    { on, command },
    { on, webhook: hanging.url },
  ]);
  const first = sender(plan);
  await expect.poll(() => [lines().length, hanging.got.length]).toEqual([3, 3]);
  await sender(plan).end(5000);
  expect(hanging.got).toHaveLength(3);
  // It is given up at once where this process ends.
  const before = performance.now();
  await first.end(1);
  expect(performance.now() - before).toBeLessThan(1000);
  const left = { kind: 'missed', failure: null, settled: false };
  await expect.poll(() => kept(plan)).toEqual(DATES.map(() => ({ ...left, sent: [0] })));
  await book.asOwner('UPDATE night_alarm SET taken_until = now() WHERE settled_at IS NULL');
  await sender(plan, 20).end(5000);
  expect(hanging.got).toHaveLength(12);
  expect(dates(lines())).toEqual(DATES);
  expect((await kept(plan)).map(({ sent }) => sent)).toEqual(DATES.map(() => [0, 1]));
});

it('tells of a database that is away, and throws nothing', async () => {
  const errors: unknown[] = [];
  const alarms = new AlarmSender(
    { ...book.database.target, port: 1 },
    {
      env: {},
      stop: new AbortController().signal,
      tell: (what) => errors.push(what),
    },
  );
  await alarms.end(1000);
  expect(errors).toMatchObject([{ error: { code: 'database_unreachable' } }]);
});

it('settles what its plan cannot be read for', async () => {
  const { url: webhook, got } = await hook();
  const plan = await missedPlan([{ on, webhook }]);
  await book.asOwner(`UPDATE plan_version SET document = document || ' ' WHERE plan = '${plan}'`);
  await sender(plan).end(5000);
  expect(got).toEqual([]);
  expect(await kept(plan)).toMatchObject(
    DATES.map(() => ({ failure: 'document_changed', settled: true })),
  );
});
