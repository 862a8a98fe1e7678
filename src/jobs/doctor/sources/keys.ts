import { stat } from 'node:fs/promises';
import { readKeys } from '../../parties/key-source.js';
import type { FactSource } from '../fact-source.js';
import type { House } from '../house.js';

export const KEY_SOURCES: readonly FactSource[] = [
  { facts: ['key_mode'], find: async (house) => ({ facts: { key_mode: await keyMode(house) } }) },
  {
    facts: ['seals'],
    async find(house) {
      const sealed = await sealedRows(house);
      return { facts: { seals: Math.max(0, ...sealed.map(({ rows }) => rows)) } };
    },
  },
  {
    facts: ['rows_without_key'],
    async find(house) {
      const sealed = await sealedRows(house);
      const keys = sealed.length === 0 ? undefined : await readKeys(house.keys);
      const versions = new Set(keys?.sealing.map(({ version }) => version));
      const lost = sealed.filter(({ version }) => !versions.has(version));
      const rows = lost.reduce((sum, each) => sum + each.rows, 0);
      const seen = lost.map((each) => `version ${each.version}: ${each.rows}`);
      return { facts: { rows_without_key: rows }, seen: { rows_without_key: seen } };
    },
  },
];

/** Permissions of the file of master keys; null: there is none, or a command prints them. */
async function keyMode({ keys }: House): Promise<string | null> {
  if (!('file' in keys)) return null;
  try {
    const { mode } = await stat(keys.file);
    return (mode & 0o777).toString(8).padStart(4, '0');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Rows that are sealed under a master key, by its version: the bytes behind that of the suite. */
async function sealedRows(house: House): Promise<{ version: number; rows: number }[]> {
  const client = await house.client();
  const { rows } = await client.query<{ version: number; rows: number }>(
    `SELECT get_byte(sealed, 1) * 256 + get_byte(sealed, 2) AS version, count(*) AS rows
     FROM party_key GROUP BY 1 ORDER BY 1`,
  );
  return rows;
}
