import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readSql } from '../../../db/sql-file.js';
import { type FactSource, NotTold } from '../fact-source.js';
import type { House } from '../house.js';

/** Of several looks at the server's clock the one with the shortest way counts. */
const CLOCK_LOOKS = 5;

export const MACHINE_SOURCES: readonly FactSource[] = [
  { facts: ['node'], find: async ({ node }) => ({ facts: { node } }) },
  { facts: ['workers'], find: async ({ workers }) => ({ facts: { workers } }) },
  {
    facts: ['disk_free'],
    find: async (house) => ({ facts: { disk_free: await diskFree(house) } }),
  },
  {
    facts: ['night_bytes'],
    async find(house) {
      const client = await house.client();
      const { rows } = await client.query<{ night_bytes: number }>(
        readSql(import.meta.url, 'night-bytes'),
      );
      return { facts: rows[0] ?? {} };
    },
  },
  {
    facts: ['clock_skew_ms'],
    find: async (house) => ({ facts: { clock_skew_ms: await clockSkew(house) } }),
  },
];

/** Where the server's data are, and where the book's files are: the smaller room counts. */
async function diskFree(house: House): Promise<number> {
  const data = await house.dataFolder();
  if (data === undefined) throw new NotTold('The data of the server are on another machine.');
  const free = await Promise.all([data, house.bookFolder].map(freeAt));
  return Math.min(...free);
}

async function freeAt(folder: string): Promise<number> {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  const { bavail, bsize } = await statfs(at);
  return bavail * bsize;
}

/** Our clock less the server's, in milliseconds; the server looked half way there and back. */
async function clockSkew(house: House): Promise<number> {
  const client = await house.client();
  let shortest = Number.POSITIVE_INFINITY;
  let skew = 0;
  for (let look = 0; look < CLOCK_LOOKS; look += 1) {
    const before = house.now();
    const { rows } = await client.query<{ ms: string }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::text AS ms',
    );
    const after = house.now();
    if (after - before >= shortest) continue;
    shortest = after - before;
    skew = Math.round((before + after) / 2 - Number(rows[0]?.ms));
  }
  return skew;
}
