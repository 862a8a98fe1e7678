import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDay, parseDay } from '../accounting/calendar/epoch-day.js';
import { resolveTarget, withClient } from '../db/connect.js';
import { removeEmbedded } from '../db/embedded/embedded.js';
import type { DatabaseTarget } from '../db/target.js';
import { type BookSize, close } from './bench-book.js';
import { loanbook } from './cli-child.js';
import { type OtherLoads, otherLoads } from './import-beside.js';
import { writeOwnFiles } from './import-files.js';
import { MemorySampler } from './memory.js';
import { type OpeningSpeed, openingSpeed } from './opening-speed.js';
import { requireSafeSettings } from './server-settings.js';

/** What an import took, and what others took for the same file. */
export interface ImportSpeed extends OtherLoads, OpeningSpeed {
  readonly loans: number;
  /** Of a server that has written as much before, as the others find it, too. */
  readonly import_seconds: number;
  /** Of a new server, which makes its log as it goes. */
  readonly new_server_seconds: number;
  /** Times the bare copy. */
  readonly ratio: number;
  readonly import_rss_mb: number;
  readonly close_seconds: number;
  readonly instalments: number;
  readonly own_seconds: number;
  readonly own_rss_mb: number;
}

const DAY = parseDay('2026-02-25')!;

/**
 * Imports a generated book into an empty one, twice, since a new server makes its log as it goes,
 * beside other programs, and closes its first day; then, into another
 * empty one, as many loans with twelve instalments of their own each; into a third one as many that
 * come with a position, and closes two days of it.
 */
export async function importSpeed(size: BookSize): Promise<ImportSpeed> {
  const memory = new MemorySampler();
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-bench-'));
  const data = join(folder, 'data');
  try {
    await loanbook(
      folder,
      [
        ...['generate', '--loans', String(size.loans), '--seed', '1', '--out', data],
        ...['--profile', 'bench-spread', '--start', formatDay(DAY), '--days', '1'],
      ],
      memory,
    );
    const loans = join(data, 'loans.csv');
    const laid = await inNewBook(join(folder, 'laid'), data, async (book) => {
      const target = await resolveTarget(book);
      const first = await inDatabase(target, 'before', async (env) => {
        await beginBook(book, data, env);
        return timedImport(book, ['import', 'loans', loans], memory, env);
      });
      const took = await timedImport(book, ['import', 'loans', loans], memory);
      const others = await otherLoads(target, loans);
      return { first, took, others, closed: await timed(() => close(book, size, memory)) };
    });
    const files = await writeOwnFiles(folder, size.loans, DAY);
    const own = await inNewBook(join(folder, 'own'), data, (book) =>
      timedImport(book, ['import', 'loans', files.loans, '--schedules', files.schedules], memory),
    );
    const opened = await inNewBook(join(folder, 'opened'), data, (book) =>
      openingSpeed(book, data, DAY, size, memory),
    );
    return {
      loans: size.loans,
      import_seconds: laid.took.seconds,
      new_server_seconds: laid.first.seconds,
      ratio: laid.took.seconds / laid.others.copy_seconds,
      import_rss_mb: Math.max(laid.first.mb, laid.took.mb),
      ...laid.others,
      close_seconds: laid.closed,
      instalments: 12 * size.loans,
      own_seconds: own.seconds,
      own_rss_mb: own.mb,
      ...opened,
    };
  } finally {
    memory.stop();
    rmSync(folder, { recursive: true, force: true });
  }

  async function inNewBook<T>(
    book: string,
    from: string,
    work: (book: string) => Promise<T>,
  ): Promise<T> {
    try {
      await requireSafeSettings(await resolveTarget(book));
      await beginBook(book, from);
      return await work(book);
    } finally {
      await removeEmbedded(book);
    }
  }

  async function beginBook(book: string, from: string, env = process.env): Promise<void> {
    const words = [
      ...['init', '--entity', 'Benchmark', '--currency', 'CNY', '--calendar', 'cn'],
      ...['--first-business-date', formatDay(DAY)],
    ];
    await loanbook(book, words, memory, env);
    const products = readdirSync(join(from, 'products')).map((name) =>
      join(from, 'products', name),
    );
    await loanbook(book, ['product', 'apply', ...products], memory, env);
  }
}

/** Works in another database of the server; it is gone behind it, with all that it left to do. */
async function inDatabase<T>(
  target: DatabaseTarget,
  database: string,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  return withClient(target, { role: 'login' }, async (client) => {
    await client.query(`CREATE DATABASE ${database}`);
    const result = await work({ ...process.env, DATABASE_URL: urlOf({ ...target, database }) });
    await client.query(`DROP DATABASE ${database} WITH (FORCE)`);
    await client.query('CHECKPOINT');
    return result;
  });
}

function urlOf({ host, port, user, database }: DatabaseTarget): string {
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;
}

async function timedImport(
  book: string,
  words: readonly string[],
  memory: MemorySampler,
  env = process.env,
): Promise<{ seconds: number; mb: number }> {
  memory.takePeakMb();
  const seconds = await timed(() => loanbook(book, words, memory, env));
  return { seconds, mb: memory.takePeakMb() };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** The figures as lines for people. */
export function importText(found: ImportSpeed): string {
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  const loader = found.pgloader_seconds;
  return `${[
    `${found.loans} loans: ${seconds(found.import_seconds)}, on a new server ` +
      `${seconds(found.new_server_seconds)}; ${found.import_rss_mb} MB`,
    `bare copy (${found.copy_by}): ${seconds(found.copy_seconds)}, ratio ${found.ratio.toFixed(1)}`,
    `pgloader: ${loader === null ? 'not installed' : seconds(loader)}`,
    `first close: ${seconds(found.close_seconds)}`,
    `${found.instalments} instalments of their own: ${seconds(found.own_seconds)}, ` +
      `${found.own_rss_mb} MB`,
    `first close of opened loans: ${seconds(found.first_close_seconds)}, the next: ` +
      `${seconds(found.next_close_seconds)}, ratio ${found.first_close_ratio.toFixed(1)}`,
  ].join('\n')}\n`;
}
