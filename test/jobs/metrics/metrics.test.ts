import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/db/connect.js';
import { metricsText } from '../../../src/jobs/metrics/metric.js';
import { metricsOf, writeMetrics } from '../../../src/jobs/metrics/write-metrics.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

/** Debian: `apt-get install prometheus prometheus-node-exporter`. */
const missing = ['promtool', 'prometheus-node-exporter'].filter(
  (program) => spawnSync(program, ['--version']).status !== 0,
);
for (const program of missing) console.warn(`${program} is not installed: it is not asked`);

let book: ImportBook;
let folder = '';
const untold: string[] = [];
const outside = {
  backups: () => ({ store: join(folder, 'backups') }),
  onUntold: (metric: string) => untold.push(metric),
};
beforeAll(async () => {
  book = await importBook();
  folder = mkdtempSync(join(tmpdir(), 'loanbook-metrics-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await book?.remove();
});

/** Lines without the words. */
async function allSamples(): Promise<string[]> {
  const text = await metricsOf(book.client, outside);
  expect(text.endsWith('\n')).toBe(true);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** Those of the book itself. */
async function samples(): Promise<string[]> {
  return (await allSamples()).filter((line) => !/^loanbook_(alarms_total|files)\{/.test(line));
}

/** 28 March 2026, 00:00 in Shanghai, is the 27th, 16:00 in UTC. */
const MARCH_28 = Date.UTC(2026, 2, 27, 16) / 1000;

describe('the metrics', () => {
  it('of a book that has closed nothing', async () => {
    expect(await samples()).toEqual([
      `loanbook_business_date_timestamp_seconds ${MARCH_28}`,
      'loanbook_loans 0',
      'loanbook_held_loans 0',
      'loanbook_breaks{age="0-1"} 0',
      'loanbook_breaks{age="2-3"} 0',
      'loanbook_breaks{age="4-7"} 0',
      'loanbook_breaks{age="8-30"} 0',
      'loanbook_breaks{age="31+"} 0',
    ]);
  });

  it('count the loans of the last close, those held, and open breaks by age', async () => {
    await book.asOwner(`
      INSERT INTO run (job, business_date, tasks, status, engine_version)
        VALUES ('eod', '2026-03-27', 1, 'done', 1);
      INSERT INTO sealed_day (business_date, run_id, content_hash, chain_hash)
        SELECT d, run_id, '', '' FROM run, unnest('{2026-03-26, 2026-03-27}'::date[]) AS d;
      INSERT INTO subledger_total SELECT d, g, true, 1, 0, n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        FROM (VALUES ('2026-03-26'::date, 1, 900), ('2026-03-27', 1, 40), ('2026-03-27', 2, 2))
          AS t (d, g, n);
      INSERT INTO held_loan (business_date, bucket, loan_id, held_since, reason)
        SELECT d, 0, n, d, 'x' FROM (VALUES ('2026-03-26'::date, 1), ('2026-03-26', 2),
          ('2026-03-27', 1)) AS t (d, n);
      INSERT INTO recon_break (type, order_no, line, bucket, loan_id, event_id, difference, suspense,
          our_status, since, pend_until, state, resolution)
        SELECT 'cash', age::text, 0, 0, 0, 0, 0, 0, '', DATE '2026-03-28' - age, '2026-03-28',
          state, CASE state WHEN 'open' THEN NULL ELSE 'x' END
        FROM (VALUES (0, 'open'), (1, 'open'), (2, 'open'), (7, 'open'), (8, 'open'), (30, 'open'),
          (31, 'open'), (400, 'open'), (500, 'resolved')) AS t (age, state)`);
    expect(await samples()).toEqual([
      `loanbook_business_date_timestamp_seconds ${MARCH_28}`,
      'loanbook_loans 42',
      'loanbook_held_loans 1',
      'loanbook_breaks{age="0-1"} 2',
      'loanbook_breaks{age="2-3"} 1',
      'loanbook_breaks{age="4-7"} 1',
      'loanbook_breaks{age="8-30"} 2',
      'loanbook_breaks{age="31+"} 2',
    ]);
  });

  it('are told without the backups where these cannot be asked', async () => {
    const whole = await metricsOf(book.client, outside);
    const backups = () => {
      throw new Error('no');
    };
    expect(await metricsOf(book.client, { ...outside, backups })).toBe(whole);
    expect(untold).toEqual(['last_backup_timestamp_seconds']);
  });

  it('are escaped where a label needs it, and left out where there is no sample', () => {
    const labels = { host: 'a"b\\c\nd', job: 'x' };
    const metrics = [
      { name: 'none', help: 'None.', type: 'gauge', samples: [] },
      {
        name: 'a_total',
        help: 'A \\ and\nmore.',
        type: 'counter',
        samples: [{ labels, value: 1.5 }],
      },
    ] as const;
    expect(metricsText(metrics)).toBe(
      '# HELP loanbook_a_total A \\\\ and\\nmore.\n# TYPE loanbook_a_total counter\n' +
        'loanbook_a_total{host="a\\"b\\\\c\\nd",job="x"} 1.5\n',
    );
  });
});

it('leave the earlier file where it is when they cannot be had', async () => {
  const file = join(folder, 'loanbook.prom');
  writeFileSync(file, 'earlier\n');
  const dead = await connect(book.database.target);
  await dead.end();
  await expect(writeMetrics(dead, folder, outside)).rejects.toThrow();
  expect(readFileSync(file, 'utf8')).toBe('earlier\n');
  expect(readdirSync(folder)).toEqual(['loanbook.prom']);
});

it.skipIf(missing.includes('promtool'))('promtool finds nothing to say', async () => {
  const input = await metricsOf(book.client, outside);
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input,
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  const bad = spawnSync('promtool', ['check', 'metrics'], { input: `${input}x{ 1\n` });
  expect(bad.status).not.toBe(0);
});

it.skipIf(missing.includes('prometheus-node-exporter'))(
  'node_exporter reads the file, again and again, without an error',
  async () => {
    await writeMetrics(book.client, folder, outside);
    const port = await freePort();
    const exporter = spawn('prometheus-node-exporter', [
      '--collector.disable-defaults',
      '--collector.textfile',
      `--collector.textfile.directory=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    try {
      for (let round = 0; round < 20; round += 1) {
        await writeMetrics(book.client, folder, outside);
        const shown = await shownAt(port);
        expect(shown).toMatch(/^node_textfile_scrape_error 0$/m);
        expect(valuesOf(shown)).toEqual(valuesOf((await allSamples()).join('\n')));
      }
      // A half file beside it is told, so one of ours would be.
      writeFileSync(join(folder, 'half.prom'), '# TYPE x gauge\nx{age="0');
      expect(await shownAt(port)).toMatch(/^node_textfile_scrape_error 1$/m);
    } finally {
      exporter.kill();
      rmSync(join(folder, 'half.prom'), { force: true });
    }
  },
);

/** Ours by name and labels; the exporter writes large numbers in another way. */
function valuesOf(text: string): Record<string, number> {
  const own = [...text.matchAll(/^(loanbook_\S+) (\S+)$/gm)];
  return Object.fromEntries(own.map(([, name, value]) => [name, Number(value)]));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** It takes a moment to listen. */
async function shownAt(port: number): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
