import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../../../src/jobs/plan/run/child.js';
import type { Programs } from './driven-night.js';

/** Small programs of a folder: each goes on until the test lets it end, with its exit. */
export function smallPrograms(folder: string): Programs {
  const told = new Set<Promise<number>>();
  let count = 0;
  return {
    async start(exit, { env }) {
      count += 1;
      const file = join(folder, String(count));
      const script = `while [ -d ${folder} ] && [ ! -e ${file} ]; do sleep 0.01; done; exit ${exit}`;
      const line = { kind: 'program', words: ['sh', '-c', script] } as const;
      const child = await startChild({ line, log: `${file}.log`, env: { ...process.env, ...env } });
      const { ended } = child;
      void ended.then(() => told.delete(ended));
      return {
        ...child,
        signal(name) {
          told.add(ended);
          child.signal(name);
        },
        async end() {
          writeFileSync(file, '');
          await ended;
        },
      };
    },
    async settled() {
      const waiting = [...told];
      await Promise.all(waiting);
      return waiting.length > 0;
    },
  };
}
