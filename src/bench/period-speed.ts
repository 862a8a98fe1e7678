import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDay, parseDay } from '../accounting/calendar/epoch-day.js';
import { connect, resolveTarget } from '../db/connect.js';
import { removeEmbedded } from '../db/embedded/embedded.js';
import { packageRoot } from '../package-root.js';
import { type BookSize, buildBook } from './bench-book.js';
import { loanbook } from './cli-child.js';
import { MemorySampler } from './memory.js';
import { requireSafeSettings, type ServerSettings } from './server-settings.js';

const MONTH = '2026-02';
const MONTH_END = parseDay('2026-02-28')!;

/** One command of a month end, in a process of its own. */
export interface PeriodStep {
  readonly step: string;
  readonly seconds: number;
  /** Of our own process; the server's are not counted. */
  readonly peak_rss_mb: number;
  /** Rows that it kept, or loans that it compared. */
  readonly loans: number;
}

export interface PeriodSpeed {
  readonly loans: number;
  readonly workers: number;
  /** Closed days of the month; one more day was closed after it. */
  readonly days: number;
  readonly steps: readonly PeriodStep[];
  readonly server: ServerSettings;
}

/**
 * Closes the last `days` days of a month and the day after, then takes the time of what finance
 * does with it: impairment of the day before the month end and of the month end (the movements
 * since the first), the close of the month and the reconciliation of the ledger over all days.
 */
export async function periodSpeed(size: BookSize, days: number): Promise<PeriodSpeed> {
  if (!(days >= 2 && days <= 28)) throw new Error(`--periods takes 2 to 28 days, not ${days}`);
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-periods-'));
  const memory = new MemorySampler();
  try {
    const target = await resolveTarget(folder);
    const server = await requireSafeSettings(target);
    const firstDay = MONTH_END - days + 1;
    const lastDay = MONTH_END + 1;
    const range = { firstDay, generateFrom: firstDay, firstMeasured: lastDay + 1, lastDay };
    await buildBook({ profile: 'bench-spread', ...range }, folder, size, memory);
    await loanbook(
      folder,
      ['impairment', 'apply', join(packageRoot, 'config/impairment.yaml')],
      memory,
    );
    const client = await connect(target, { role: 'login' });
    await client.query('CHECKPOINT');
    await client.end();
    const steps: PeriodStep[] = [];
    for (const { words, loansOf } of stepsOf(firstDay)) {
      memory.takePeakMb();
      const started = performance.now();
      const said = await loanbook<Said>(folder, words, memory);
      const seconds = (performance.now() - started) / 1000;
      const step = words.filter((word) => word !== '--by' && word !== 'bench').join(' ');
      const found = { step, seconds, peak_rss_mb: memory.takePeakMb(), loans: loansOf(said) };
      process.stderr.write(`${stepText(found)}\n`);
      steps.push(found);
    }
    return { ...size, days, steps, server };
  } finally {
    memory.stop();
    await removeEmbedded(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Said {
  readonly segments: readonly { readonly loans: number }[];
  readonly monthRows: number;
  readonly loans: number;
}

function stepsOf(
  firstDay: number,
): { readonly words: readonly string[]; readonly loansOf: (said: Said) => number }[] {
  const measured = ({ segments }: Said): number =>
    segments.reduce((sum, { loans }) => sum + loans, 0);
  const by = ['--by', 'bench'];
  return [
    ...[MONTH_END - 1, MONTH_END].map((day) => ({
      words: ['impairment', 'run', '--as-of', formatDay(day), ...by],
      loansOf: measured,
    })),
    { words: ['gl', 'period', 'close', MONTH, ...by], loansOf: (said) => said.monthRows },
    {
      words: [
        'reconcile',
        'gl',
        '--from',
        formatDay(firstDay),
        '--as-of',
        formatDay(MONTH_END + 1),
      ],
      loansOf: (said) => said.loans,
    },
  ];
}

export function stepText({ step, seconds, peak_rss_mb: mb, loans }: PeriodStep): string {
  return `${step}: ${seconds.toFixed(2)} s, ${mb} MB, ${loans} loans`;
}
