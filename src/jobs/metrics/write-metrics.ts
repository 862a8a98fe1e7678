import { join } from 'node:path';
import type pg from 'pg';
import { writeWhole } from '../../files/new-file.js';
import { metricsText } from './metric.js';
import { METRIC_SOURCES } from './metric-sources.js';

const FILE = 'loanbook.prom';

/**
 * What node_exporter's textfile collector reads: figures of one moment, whatever closes meanwhile.
 * Throws LoanbookError `no_book`.
 */
export async function metricsOf(client: pg.Client): Promise<string> {
  await client.query('BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ');
  try {
    const metrics = [];
    for (const source of METRIC_SOURCES) metrics.push(await source(client));
    return metricsText(metrics);
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

/**
 * Puts the figures into the folder, whole: a reader sees the file before or the one after. Where
 * anything fails the earlier file stays, and grows old. Throws as `metricsOf` and `writeWhole` do.
 */
export async function writeMetrics(client: pg.Client, folder: string): Promise<string> {
  const file = join(folder, FILE);
  await writeWhole(file, [await metricsOf(client)]);
  return file;
}
