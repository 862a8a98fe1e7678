import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../../errors.js';
import { COLLEAGUE } from '../house.js';
import { eventually, type Fault } from './scene.js';

const FREEZE_MS_MAX = 1_200;
/** How long a second process may take to replace one that is frozen and to do its job. */
const TAKE_OVER_MS = 30_000;
const JOINED_MS = 5_000;
const BESIDE_MS_MAX = 150;

export const killProcess: Fault = async ({ command }) => {
  command.child.kill('SIGKILL');
  return { hit: ({ signal }) => signal === 'SIGKILL' };
};

/** One that was done by then says so and ends with 0: the signal hit nothing. */
export const sigterm: Fault = async ({ command, goOn }) => {
  command.child.kill('SIGTERM');
  goOn();
  return { hit: ({ code, signal }) => code === 130 || signal === 'SIGTERM' };
};

/** Nobody else is there: it goes on where it was. */
export const freeze: Fault = async ({ command, random, goOn }) => {
  await sleep(random.between(100, FREEZE_MS_MAX));
  const wasThere = !command.isOver();
  goOn();
  return { hit: () => wasThere };
};

/**
 * Frozen for longer than its lease: a colleague's process waits that out, takes the run and ends
 * it. When the frozen one wakes it must change nothing.
 */
export const takeOver: Fault = async ({ goOn, startSecond }) => {
  const second = startSecond();
  const ended = await Promise.race([second.ended, sleep(TAKE_OVER_MS, undefined)]);
  goOn();
  await second.ended;
  const complaint = ended === undefined ? `not replaced within ${TAKE_OVER_MS} ms` : undefined;
  return { complaint, hit: ({ code }) => code === EXIT.locked && ended !== undefined };
};

/** Both are under way at once, each with a session of its own login. */
export const twoClosers: Fault = async ({ random, watch, goOn, startSecond }) => {
  const second = startSecond();
  const usersSeen = async () => new Set((await watch.look()).sessions.map(({ user }) => user));
  await eventually(async () => second.isOver() || (await usersSeen()).has(COLLEAGUE), JOINED_MS);
  if (random.chance(5_000)) await sleep(random.between(0, BESIDE_MS_MAX));
  let wereBoth = (await usersSeen()).size > 1;
  goOn();
  while (!second.isOver() && !wereBoth) wereBoth = (await usersSeen()).size > 1;
  await second.ended;
  return { hit: () => wereBoth };
};
