import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { withClient } from '../../db/connect.js';
import { DAYS, followingClose, writeBookFiles } from '../book-files.js';
import { type EndedCommand, startCommand } from '../command.js';
import { type Fingerprint, fingerprintOf } from '../fingerprint.js';
import { type House, OPERATOR } from '../house.js';
import { setUp } from '../programme.js';
import { setUpBase, undisturbed } from '../stages.js';
import { DATE, fillInbox, NIGHTS, type NightOf, planFile, rulesFile } from './nights.js';

/** A night, what it begins with and what it leaves when nobody disturbs it. */
export interface PlanStage {
  readonly night: NightOf;
  /** Database and folder of the book before it. */
  readonly before: string;
  readonly folder: string;
  readonly expected: Fingerprint;
  /** Of each job, milliseconds. */
  readonly lasts: ReadonlyMap<string, number>;
}

/** Both nights of the date, each run once undisturbed. */
export async function buildPlanStages(
  house: House,
  onNight: (plan: string) => void,
): Promise<PlanStage[]> {
  const files = await writeBookFiles(join(house.folder, 'files'));
  const more = [
    followingClose(DAYS[1]),
    ['files', 'apply', rulesFile(join(house.folder, 'files'))],
  ];
  // Without channels, whose clearing accounts nobody reconciles here.
  const commands = [...setUp(files).filter(([word]) => word !== 'channel'), ...more];
  await setUpBase(house, commands);
  let before = 'stage_base';
  let folder = join(house.folder, 'before_night');
  fillInbox(join(folder, 'inbox'), files);
  const stages: PlanStage[] = [];
  for (const night of NIGHTS) {
    onNight(night.plan);
    // Not before: a scheduler begins whatever is due.
    const start = `before_${night.plan.toLowerCase()}`;
    await house.createDatabase(start, before);
    const document = planFile(join(house.folder, 'files'), night);
    await undisturbed(house, start, ['plan', 'apply', document]);
    const after = `after_${night.plan.toLowerCase()}`;
    const book = join(house.folder, after);
    await house.createDatabase(after, start);
    cpSync(folder, book, { recursive: true, preserveTimestamps: true });
    const ended = await nightCommand(house, after, book, night);
    if (ended.code !== 0)
      throw new Error(`${night.plan} ended with ${ended.code}: ${ended.stderr}`);
    const found = await withClient(house.target(after), { role: 'login' }, async (client) => ({
      expected: await nightPrint(client, book),
      lasts: await durations(client, night),
    }));
    stages.push({ night, before: start, folder, ...found });
    [before, folder] = [after, book];
  }
  return stages;
}

function nightCommand(
  house: House,
  database: string,
  bookFolder: string,
  { plan }: NightOf,
): Promise<EndedCommand> {
  const words = ['night', 'run', plan, '--date', DATE];
  return startCommand(words, house.target(database, OPERATOR), { bookFolder }).ended;
}

async function durations(client: pg.Client, { plan }: NightOf): Promise<Map<string, number>> {
  const { rows } = await client.query<{ job: string; ms: number }>(
    `SELECT job, extract(epoch FROM a.ended_at - a.began_at)::float8 * 1000 AS ms
     FROM night_attempt a JOIN night USING (night_id) WHERE plan = $1`,
    [plan],
  );
  return new Map(rows.map(({ job, ms }) => [job, ms]));
}

/** What a night comes to, but for how often and when: tables, states, and every file sent. */
export async function nightPrint(client: pg.Client, book: string): Promise<Fingerprint> {
  const found = new Map(await fingerprintOf(client));
  const { rows } = await client.query<{ night: string; steps: string }>(
    `SELECT plan || ' ' || business_date AS night, concat_ws(' ', state, exit, version) || ': ' ||
       (SELECT string_agg(concat_ws(' ', job, s.state, why), ', ' ORDER BY place)
        FROM night_step s WHERE s.night_id = n.night_id) AS steps
     FROM night n ORDER BY 1`,
  );
  for (const { night, steps } of rows) found.set(`night ${night}`, steps);
  for (const name of ['inbox', 'work', 'outbox']) {
    const folder = join(book, name);
    mkdirSync(folder, { recursive: true });
    for (const [file, sha256] of filesOf(folder)) found.set(`file ${name}/${file}`, sha256);
  }
  return found;
}

function filesOf(folder: string): [string, string][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.log'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
      return [path.slice(folder.length + 1), sha256];
    });
}
