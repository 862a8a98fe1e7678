import { connect } from '../db/connect.js';
import type { DatabaseTarget } from '../db/target.js';

const NAMES = [
  'server_version',
  'fsync',
  'full_page_writes',
  'synchronous_commit',
  'wal_level',
  'data_checksums',
  'shared_buffers',
] as const;
export type ServerSettings = Record<string, string>;

const SAFE: Readonly<Record<string, readonly string[]>> = {
  fsync: ['on'],
  full_page_writes: ['on'],
  wal_level: ['replica', 'logical'],
};

/** The server's settings; throws when they are not safe ones: such a figure means nothing. */
export async function requireSafeSettings(target: DatabaseTarget): Promise<ServerSettings> {
  const client = await connect(target, { role: 'login' });
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(
      'SELECT name, current_setting(name) AS setting FROM unnest($1::text[]) AS name',
      [NAMES],
    );
    const settings = Object.fromEntries(rows.map((row) => [row.name, row.setting]));
    for (const [name, allowed] of Object.entries(SAFE)) {
      if (allowed.includes(settings[name] ?? '')) continue;
      throw new Error(
        `${name} is ${settings[name]}; the benchmark asks for ${allowed.join(' or ')}`,
      );
    }
    return settings;
  } finally {
    await client.end();
  }
}
