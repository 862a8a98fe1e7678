import { setTimeout as sleep } from 'node:timers/promises';
import { OPERATOR } from '../house.js';
import { eventually, type Fault } from './scene.js';

const REFUSED = `too many connections for role "${OPERATOR}"`;
const REFUSED_MS = 2_000;
const HOLD_MS_MAX = 600;

/** No session more than there are, until one was refused and a while longer. */
export const connectionLimit: Fault = async (scene) => {
  const { house, command, sight, logStart, random, goOn } = scene;
  const admin = await house.admin();
  await admin.query(`ALTER ROLE ${OPERATOR} CONNECTION LIMIT ${sight.sessions.length}`);
  const wasRefused = () => house.logFrom(logStart).includes(REFUSED);
  goOn();
  await eventually(async () => command.isOver() || wasRefused(), REFUSED_MS);
  await sleep(random.between(0, HOLD_MS_MAX));
  await admin.query(`ALTER ROLE ${OPERATOR} CONNECTION LIMIT -1`);
  return { hit: wasRefused };
};
