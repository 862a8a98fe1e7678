import { stringify } from 'yaml';
import { applyPlan } from '../../../src/jobs/plan/plans.js';
import type { Captured } from '../../commands/shell/captured-host.js';
import { commandLine } from '../../support/command-line.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

/** The business dates of every plan of a night book: due long ago, whatever the day is. */
export const DATES = ['2026-04-01', '2026-04-02', '2026-04-03'] as const;

export interface Said {
  readonly exit: number;
  /** What it printed as JSON; undefined: nothing. */
  readonly out: Record<string, unknown> | undefined;
  /** The error: code and evidence. */
  readonly error: ({ code: string } & Record<string, unknown>) | undefined;
  readonly captured: Captured;
}

export interface NightBook extends ImportBook {
  /** Applies a plan of these jobs; its name. */
  plan(jobs: readonly object[], change?: object): Promise<string>;
  /** A command line with --json and --quiet, its words cut at blanks but within quotes. */
  run(line: string): Promise<Said>;
  /** The steps of the last night of a plan, as `job state why`. */
  steps(plan: string): Promise<string[]>;
}

export async function nightBook(): Promise<NightBook> {
  const book = await importBook();
  let plans = 0;
  const line = commandLine(book.database.target, book.folder);
  return {
    ...book,
    async plan(jobs, change = {}) {
      plans += 1;
      const document = {
        plan: `N${plans}`,
        version: 1,
        first_date: DATES[0],
        at: '00:30',
        on: { months: [4], month_day: [1, 2, 3] },
        jobs,
        ...change,
      };
      const applied = await applyPlan(book.client, stringify(document), 'plan', 'test');
      return applied.plan;
    },
    async run(text) {
      const words = [...text.matchAll(/"([^"]*)"|[^\s"]+/g)].map(
        ([word, quoted]) => quoted ?? word,
      );
      const captured = await line(['--json', '--quiet', ...words]);
      const { exitCode, stdout, stderr } = captured;
      const last = stderr.trim().split('\n').at(-1) ?? '';
      const error = last.startsWith('{"error"') ? JSON.parse(last).error : undefined;
      return {
        exit: exitCode,
        out: stdout === '' ? undefined : JSON.parse(stdout),
        error: error && { code: error.code, next: error.next, ...error.evidence },
        captured,
      };
    },
    async steps(plan) {
      const rows =
        await book.rows(`SELECT job, night_step.state, why FROM night_step JOIN night USING (night_id)
        WHERE plan = '${plan}' AND business_date = (SELECT max(business_date) FROM night
          WHERE plan = '${plan}' AND state NOT IN ('waiting', 'missed')) ORDER BY place`);
      return rows.map(({ job, state, why }) => [job, state, why].filter((word) => word).join(' '));
    },
  };
}

/** A job that runs a line of the shell. */
export function sh(job: string, script: string, more: object = {}): object {
  return { job, program: ['sh', '-c', script], ...more };
}
