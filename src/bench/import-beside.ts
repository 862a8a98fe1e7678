import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { connect } from '../db/connect.js';
import type { DatabaseTarget } from '../db/target.js';

/** Seconds that others take for a file, into a bare table of text. */
export interface OtherLoads {
  readonly copy_seconds: number;
  readonly copy_by: 'psql' | 'COPY';
  /** Null: it is not installed. */
  readonly pgloader_seconds: number | null;
}

const TABLE = 'bench_bare';

/** Loads a CSV file by psql's \\copy, or COPY where there is no psql, and by pgloader. */
export async function otherLoads(target: DatabaseTarget, file: string): Promise<OtherLoads> {
  const client = await connect(target, { role: 'owner' });
  const header = readFileSync(file, 'utf8').split('\n', 1)[0]!;
  const columns = header.split(',').map((name) => `${name} text`);
  const fresh = async () => {
    await client.query(`DROP TABLE IF EXISTS ${TABLE}`);
    await client.query(`CREATE TABLE ${TABLE} (${columns.join(', ')})`);
  };
  const count = async () => {
    const { rows } = await client.query<{ n: number }>(`SELECT count(*) AS n FROM ${TABLE}`);
    return rows[0]!.n;
  };
  try {
    await fresh();
    const hasPsql = spawnSync('psql', ['--version']).status === 0;
    const copyBegan = performance.now();
    if (hasPsql) {
      run('psql', ['-qX', '-c', `\\copy loanbook.${TABLE} FROM '${file}' CSV HEADER`], target);
    } else {
      const sink = client.query(copyFrom(`COPY ${TABLE} FROM STDIN CSV HEADER`));
      await pipeline(createReadStream(file), sink);
    }
    const copySeconds = (performance.now() - copyBegan) / 1000;
    const copied = await count();
    await fresh();
    const pgloader = pgloaderSeconds(target, file, header);
    if (pgloader !== null && (await count()) !== copied) {
      throw new Error(`pgloader did not load the ${copied} rows that were copied`);
    }
    await client.query(`DROP TABLE ${TABLE}`);
    return {
      copy_seconds: copySeconds,
      copy_by: hasPsql ? 'psql' : 'COPY',
      pgloader_seconds: pgloader,
    };
  } finally {
    await client.end();
  }
}

function pgloaderSeconds(target: DatabaseTarget, file: string, header: string): number | null {
  if (spawnSync('pgloader', ['--version']).status !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-pgloader-'));
  try {
    const { host, port, user, database } = target;
    const place = host.startsWith('/') ? `unix:${host}:${port}` : `${host}:${port}`;
    const script = join(folder, 'bare.load');
    writeFileSync(
      script,
      `LOAD CSV FROM '${file}' (${header})
         INTO postgresql://${user}@${place}/${database}?tablename=loanbook.${TABLE} (${header})
         WITH skip header = 1, fields terminated by ',';`,
    );
    const began = performance.now();
    run('pgloader', ['--quiet', script], target);
    return (performance.now() - began) / 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program: string, words: readonly string[], target: DatabaseTarget): void {
  const { host, port, user, database, password } = target;
  const server = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
  const secret = password === undefined ? {} : { PGPASSWORD: password };
  const env = { ...process.env, ...server, ...secret };
  const { status, stderr } = spawnSync(program, words, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}
