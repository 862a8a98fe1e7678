import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { type BookFiles, DAYS } from '../book-files.js';

/** The business date of the nights: the last of a month, so that everything is due. */
export const DATE = DAYS[2];

/** A plan of `config/plans` and its jobs, with a place in the code of some that is half way. */
export interface NightOf {
  readonly plan: string;
  readonly jobs: Readonly<Record<string, string | undefined>>;
}

export const NIGHTS: readonly NightOf[] = [
  {
    plan: 'NIGHT',
    jobs: {
      gate: undefined,
      loans: 'import.store',
      repayments: 'import.store',
      close: 'eod.post',
      checks: undefined,
    },
  },
  {
    plan: 'MORNING',
    jobs: {
      sealed: undefined,
      ledger: undefined,
      impairment: 'impairment.post',
      period: 'period.rows',
      export: undefined,
      portfolio: undefined,
    },
  },
];

/** What a trial cannot wait for, and the one date that it has. */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/^first_date: .*$/m, `first_date: ${DATE}\non: {months: [2], month_day: [-1]}`],
  [/wait: (?:60s|5m)/g, 'wait: 1s'],
  [/max: 5m/g, 'max: 1s'],
  // Once it is past six o'clock a file that is not ready yet would be missing.
  [/ {4}files_by: .*\n {4}files_missing: .*\n/, ''],
  // A moment in which it can be met half way.
  [/program: \["true"\]/, 'program: ["sleep", "0.6"]'],
];

/** The document of a plan as the trials apply it. */
export function planFile(folder: string, { plan }: NightOf): string {
  const name = `${plan.toLowerCase()}.yaml`;
  let text = readFileSync(join(packageRoot, 'config/plans', name), 'utf8');
  for (const [what, by] of CHANGES) text = text.replace(what, by);
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** The rules of the inbox as the trials apply them. */
export function rulesFile(folder: string): string {
  const text = readFileSync(join(packageRoot, 'config/inbox.yaml'), 'utf8');
  const file = join(folder, 'inbox.yaml');
  const rules = text.replace(/ {2}- \{file: (?:loans|repayments),/g, '$& settle: 0s,');
  writeFileSync(file, rules);
  return file;
}

/** Puts what the night of the date waits for into an inbox. */
export function fillInbox(inbox: string, files: BookFiles): void {
  mkdirSync(inbox, { recursive: true });
  copyFileSync(files.moreLoans, join(inbox, `loans-${DATE}.csv`));
  copyFileSync(files.repayments[2]!, join(inbox, `repayments-${DATE}.csv`));
}
