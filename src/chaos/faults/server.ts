import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type Fault, type Scene } from './scene.js';

const GONE_MS = 3_000;
const AWAY_MS_MAX = 900;

/** Some session of the job, whatever it is at. */
function anySession({ sight, random }: Scene): number | undefined {
  return sight.sessions[random.below(sight.sessions.length)]?.pid;
}

export const killBackend: Fault = async (scene) => {
  const { eye, goOn } = scene;
  const pid = anySession(scene);
  let isGone = false;
  if (pid !== undefined) {
    await eye.query('SELECT pg_terminate_backend($1)', [pid]);
    isGone = await eventually(async () => {
      const { rowCount } = await eye.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]);
      return rowCount === 0;
    }, GONE_MS);
  }
  goOn();
  return { hit: () => isGone };
};

/** The server ends every session then, and recovers by itself. */
export const crashBackend: Fault = async (scene) => {
  const pid = anySession(scene);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  await sleep(scene.random.between(0, AWAY_MS_MAX));
  scene.goOn();
  const said = `(PID ${pid}) was terminated by signal 9`;
  return { hit: () => scene.house.logFrom(scene.logStart).includes(said) };
};

/** Killed, away for a while, started again by whoever looks after it. */
export const killPostmaster: Fault = async ({ house, random, goOn }) => {
  const pid = await house.postmaster();
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  goOn();
  // The kernel takes a moment; until then it still seems to run.
  await eventually(async () => (await house.postmaster()) !== pid, GONE_MS);
  await sleep(random.between(0, AWAY_MS_MAX));
  await house.startServer();
  const next = await house.postmaster();
  return { hit: () => pid !== undefined && next !== pid };
};
