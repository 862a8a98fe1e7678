import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { connect } from '../../../src/db/connect.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { simulatePlan } from '../../../src/jobs/operations/simulate/simulate-plan.js';
import { applyPlan } from '../../../src/jobs/plan/plans.js';
import { randomRun } from '../../model/operations/random-run.js';
import { DrivenNight, type Programs } from './driven-night.js';

interface Ended {
  exit: number | null;
  to: string | null;
}
interface Answer {
  executions: Ended[];
  steps: { attempts: Ended[] }[];
}

/** Nobody sees when a process was killed: only that it was. */
function withoutDeaths(answer: object): object {
  const copy = structuredClone(answer) as Answer;
  for (const ended of [...copy.executions, ...copy.steps.flatMap(({ attempts }) => attempts)]) {
    if (ended.exit === null) ended.to = null;
  }
  return copy;
}

/**
 * A random document in which no act falls on an instant at which something else happens: all else
 * is at whole minutes, or as many seconds behind one as the act that began it.
 */
export function drivenScene(seed: number): object {
  const { plan, acts, date, calendar, ...scene } = randomRun(seed) as unknown as {
    plan: object;
    acts: { at: string }[];
    date: string;
    calendar: object | null;
  };
  const apart = acts
    .map((act, k) => ({
      ...act,
      at: act.at.replace(/00Z$/, `${String(7 + 3 * k).padStart(2, '0')}Z`),
    }))
    .sort((a, b) => a.at.localeCompare(b.at, 'en'));
  const named = { ...plan, plan: `P${seed}`, first_date: date, calendar: calendar && 'test' };
  return { ...scene, plan: named, acts: apart, date, calendar };
}

/** Where the runner comes to something else than `simulate` on random documents. */
export async function drivenDisagreements(
  target: DatabaseTarget,
  seeds: readonly number[],
  programs: Programs,
): Promise<string[]> {
  const client = await connect(target);
  const found: string[] = [];
  for (const seed of seeds) {
    const scene = drivenScene(seed) as { plan: object };
    await applyPlan(client, stringify(scene.plan), `seed ${seed}`, 'test');
    const played = withoutDeaths(await new DrivenNight(target, client, scene, programs).play());
    const simulated = withoutDeaths(simulatePlan(scene));
    if (isDeepStrictEqual(played, simulated)) continue;
    found.push(`seed ${seed}\n${JSON.stringify({ scene, played, simulated }, null, 1)}`);
  }
  await client.end();
  return found;
}

/** A book whose calendar is the one of random documents. */
export async function drivenBook(target: DatabaseTarget): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-driven-'));
  const file = join(folder, 'calendar.yaml');
  const scenes = Array.from({ length: 20 }, (_, seed) => randomRun(seed + 1));
  const calendar = scenes.map((scene) => scene.calendar).find((each) => each != null);
  writeFileSync(file, JSON.stringify({ name: 'test', ...(calendar as object) }));
  const firstBusinessDate = parseDay('2026-01-01')!;
  const client = await connect(target);
  await createBook(client, { entity: 'T', currency: 'CNY', firstBusinessDate, calendar: file });
  await client.end();
  rmSync(folder, { recursive: true });
}
