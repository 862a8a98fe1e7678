import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatDay } from '../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../accounting/money/units.js';
import type { ClosedDay } from '../jobs/eod/run/run-day.js';
import { loanbook } from './cli-child.js';
import type { MemorySampler } from './memory.js';

export interface BookSize {
  readonly loans: number;
  readonly workers: number;
}

/** A book that a benchmark builds by the commands that a user has. */
export interface BookPlan {
  readonly profile: string;
  readonly firstDay: EpochDay;
  readonly generateFrom: EpochDay;
  /** The days before it are closed when the book is built. */
  readonly firstMeasured: EpochDay;
  /** The last day that has repayments. */
  readonly lastDay: EpochDay;
}

/** Generates the book, imports it and closes the days before the measured ones; its data folder. */
export async function buildBook(
  plan: BookPlan,
  folder: string,
  size: BookSize,
  memory: MemorySampler,
): Promise<string> {
  const data = join(folder, 'data');
  const step = async (words: readonly string[]): Promise<void> => {
    const started = performance.now();
    await loanbook(folder, words, memory);
    const seconds = ((performance.now() - started) / 1000).toLocaleString('en-US');
    process.stderr.write(`${words.slice(0, 2).join(' ')}: ${seconds} s\n`);
  };
  const days = plan.lastDay - plan.generateFrom + 1;
  await step([
    ...['generate', '--loans', String(size.loans), '--seed', '1', '--out', data],
    ...['--profile', plan.profile, '--start', formatDay(plan.generateFrom)],
    ...['--days', String(days)],
  ]);
  await step([
    ...['init', '--entity', 'Benchmark', '--currency', 'CNY', '--calendar', 'cn'],
    ...['--first-business-date', formatDay(plan.firstDay)],
  ]);
  const products = readdirSync(join(data, 'products')).map((name) => join(data, 'products', name));
  await step(['product', 'apply', ...products]);
  await step(['import', 'loans', join(data, 'loans.csv')]);
  if (plan.firstDay === plan.generateFrom) await importDay(folder, data, plan.firstDay, memory);
  const started = performance.now();
  await close(folder, size, memory);
  process.stderr.write(`first close: ${Math.round(performance.now() - started)} ms\n`);
  await closeBefore(plan, folder, data, size, memory);
  return data;
}

/** The days between the first and those to be measured. */
async function closeBefore(
  plan: BookPlan,
  folder: string,
  data: string,
  size: BookSize,
  memory: MemorySampler,
): Promise<void> {
  for (let date = plan.firstDay + 1; date < plan.firstMeasured; date += 1) {
    await importDay(folder, data, date, memory);
    await close(folder, size, memory);
    process.stderr.write(`closed ${formatDay(date)}\n`);
  }
}

export async function importDay(
  folder: string,
  data: string,
  date: EpochDay,
  memory: MemorySampler,
): Promise<void> {
  await loanbook(folder, ['import', 'repayments', repaymentsOf(data, date)], memory);
}

export function repaymentsOf(data: string, date: EpochDay): string {
  return join(data, `repayments-${formatDay(date)}.csv`);
}

export async function close(
  folder: string,
  size: BookSize,
  memory: MemorySampler,
): Promise<ClosedDay[]> {
  const words = ['eod', 'run', '--workers', String(size.workers)];
  return (await loanbook<{ days: ClosedDay[] }>(folder, words, memory)).days;
}
