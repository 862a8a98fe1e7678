import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDay, parseDay } from '../accounting/calendar/epoch-day.js';
import { connect, resolveTarget } from '../db/connect.js';
import { removeEmbedded } from '../db/embedded/embedded.js';
import { showLoan } from '../jobs/loan/show-loan.js';
import { type BookSize, buildBook, close, importDay } from './bench-book.js';
import { loanbook } from './cli-child.js';
import { MemorySampler } from './memory.js';

const FIRST_DAY = parseDay('2026-02-26')!;
/** Over a month end: its morning has the vintage. */
const LAST_DAY = parseDay('2026-03-01')!;
const LOANS_SHOWN = 200;
const COMMANDS = 9;

/** One command of a morning, in a process of its own. */
export interface MorningStep {
  readonly step: string;
  readonly seconds: number;
  /** Of our own process; the server's are not counted. */
  readonly peak_rss_mb: number;
  /** Of the page that it wrote. */
  readonly bytes?: number;
}

export interface MorningSpeed {
  readonly loans: number;
  readonly steps: readonly MorningStep[];
  /** Of loans picked over the whole book: all queries, at most, and the middle one. */
  readonly loan_show: {
    readonly queries_ms: number;
    readonly queries_most_ms: number;
    readonly command_ms: number;
  };
}

/**
 * A morning after each of four closes: the report of the new day, whose figures are made, with its
 * page; the last one once more, as it is kept; the list behind a figure; loans one at a time.
 */
export async function morningSpeed(size: BookSize): Promise<MorningSpeed> {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-morning-'));
  const memory = new MemorySampler();
  try {
    const range = { firstDay: FIRST_DAY, generateFrom: FIRST_DAY, firstMeasured: FIRST_DAY + 1 };
    const plan = { profile: 'bench-spread', ...range, lastDay: LAST_DAY };
    const data = await buildBook(plan, folder, size, memory);
    const steps: MorningStep[] = [];
    const timed = async (words: readonly string[], page?: string) => {
      memory.takePeakMb();
      const started = performance.now();
      await loanbook(folder, words, memory);
      const seconds = (performance.now() - started) / 1000;
      const bytes = page === undefined ? {} : { bytes: statSync(page).size };
      const step = words.filter((word) => word !== folder).join(' ');
      const found = { step, seconds, peak_rss_mb: memory.takePeakMb(), ...bytes };
      process.stderr.write(`${stepText(found)}\n`);
      steps.push(found);
    };
    for (let day = FIRST_DAY; day <= LAST_DAY; day += 1) {
      if (day > FIRST_DAY) {
        await importDay(folder, data, day, memory);
        await close(folder, size, memory);
      }
      await timed(...reportOf(folder, day));
    }
    await timed(...reportOf(folder, LAST_DAY));
    const file = join(folder, 'list.csv');
    await timed(['loan', 'list', '--entered', formatDay(LAST_DAY), '--out', file]);
    return { loans: size.loans, steps, loan_show: await loanShow(folder, memory) };
  } finally {
    memory.stop();
    await removeEmbedded(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

function reportOf(folder: string, day: number): [words: string[], page: string] {
  const date = formatDay(day);
  const page = join(folder, `morning-${date}.html`);
  return [['report', 'daily', '--date', date, '--out', folder], page];
}

async function loanShow(folder: string, memory: MemorySampler): Promise<MorningSpeed['loan_show']> {
  const client = await connect(await resolveTarget(folder));
  const took: number[] = [];
  let picked: string[];
  try {
    // Spread over all buckets, and none of them has been looked at.
    const { rows } = await client.query<{ loan_no: string }>(
      `SELECT min(loan_no) AS loan_no FROM loan GROUP BY bucket
       ORDER BY bucket LIMIT ${LOANS_SHOWN}`,
    );
    picked = rows.map(({ loan_no }) => loan_no);
    const nobody = { file: join(folder, 'keys') };
    for (const loanNo of picked) {
      const started = performance.now();
      await showLoan(client, loanNo, undefined, undefined, nobody);
      took.push(performance.now() - started);
    }
  } finally {
    await client.end();
  }
  const commands: number[] = [];
  for (const loanNo of picked.slice(0, COMMANDS)) {
    const started = performance.now();
    await loanbook(folder, ['loan', 'show', loanNo], memory);
    commands.push(performance.now() - started);
  }
  return {
    queries_ms: middle(took),
    queries_most_ms: Math.max(...took),
    command_ms: middle(commands),
  };
}

function middle(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)]!;
}

export function morningText({ loan_show: show }: MorningSpeed): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const queries = `${ms(show.queries_ms)}, at most ${ms(show.queries_most_ms)}`;
  return `loan show: queries ${queries}; command ${ms(show.command_ms)}\n`;
}

function stepText({ step, seconds, peak_rss_mb: mb, bytes }: MorningStep): string {
  const page = bytes === undefined ? '' : `, page ${bytes} bytes`;
  return `${step}: ${seconds.toFixed(2)} s, ${mb} MB${page}`;
}
