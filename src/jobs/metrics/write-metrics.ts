import { join } from 'node:path';
import type pg from 'pg';
import { writeWhole } from '../../files/new-file.js';
import { type BackupPlace, clusterOf, knownBackups } from '../backup/known-backups.js';
import { BOOK_SOURCES } from './book-sources.js';
import { type Metric, metricsText } from './metric.js';
import { NIGHT_SOURCES } from './night-sources.js';

const FILE = 'loanbook.prom';
/** What is written, in this order; a domain that keeps a figure adds its source. */
const SOURCES = [...BOOK_SOURCES, ...NIGHT_SOURCES];

/** Whatever is outside the book: it may fail, and the other figures are told all the same. */
export interface MetricsOutside {
  /** Where the backups are. Throws where the environment does not tell it. */
  backups(): BackupPlace;
  /** A figure that is left out. */
  onUntold(metric: string, error: unknown): void;
}

/**
 * What node_exporter's textfile collector reads: figures of one moment, whatever closes meanwhile.
 * Throws LoanbookError `no_book`.
 */
export async function metricsOf(client: pg.Client, outside: MetricsOutside): Promise<string> {
  const backup = await lastBackup(client, outside);
  await client.query('BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ');
  try {
    const metrics = [];
    for (const source of SOURCES) metrics.push(await source(client));
    return metricsText([...metrics, backup]);
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

/** Of this server: books may keep their backups in one folder. */
async function lastBackup(client: pg.Client, outside: MetricsOutside): Promise<Metric> {
  const name = 'last_backup_timestamp_seconds';
  let times: number[] = [];
  try {
    const system = await clusterOf(client);
    const { backups } = await knownBackups(outside.backups());
    const own = backups.filter((each) => system !== undefined && each.system === system);
    times = own.map(({ takenAt }) => Date.parse(takenAt ?? '') / 1000).filter(Number.isFinite);
  } catch (error) {
    outside.onUntold(name, error);
  }
  const samples = times.length === 0 ? [] : [{ value: Math.max(...times) }];
  return { name, help: 'When the last backup was taken.', type: 'gauge', samples };
}

/**
 * Puts the figures into the folder, whole: a reader sees the file before or the one after. Where
 * anything fails the earlier file stays, and grows old. Throws as `metricsOf` and `writeWhole` do.
 */
export async function writeMetrics(
  client: pg.Client,
  folder: string,
  outside: MetricsOutside,
): Promise<string> {
  const file = join(folder, FILE);
  await writeWhole(file, [await metricsOf(client, outside)]);
  return file;
}
