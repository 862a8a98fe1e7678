import { fork } from 'node:child_process';
import { besideModule } from '../package-root.js';
import type { FloorAnswer, FloorQuestion } from './floor-child.js';

/** Measures the floor and the one statement in a process of their own. */
export function askFloor(question: FloorQuestion): Promise<FloorAnswer> {
  const child = fork(besideModule('dist', import.meta.url, 'floor-child.js'));
  return new Promise((resolve, reject) => {
    child.once('message', (answer) => resolve(answer as FloorAnswer));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the floor ended with ${code}`)));
    child.send(question);
  });
}
