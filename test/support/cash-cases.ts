import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelDocument } from '../model/model.js';
import { CASH_CASES, CASH_REPORTS, OWN_CASH_CASES } from './shared-data.js';

interface AllocationLine {
  readonly ref: string;
  readonly seq: number;
  readonly component: string;
  readonly amount: string;
}

interface Rejected {
  readonly ref: string;
  readonly rule: string;
}

/** A loan whose past changes after money has moved, with what must stand at the end. */
export interface CashCase {
  readonly id: string;
  readonly title: string;
  readonly document: ModelDocument;
  readonly expected: {
    readonly position: Readonly<Record<string, unknown>>;
    readonly allocations: readonly AllocationLine[];
    readonly rejected: readonly Rejected[];
    readonly net_debit_1012_02: string;
  };
}

export const hasCashCases = existsSync(CASH_CASES) && existsSync(CASH_REPORTS);

/** The cases that were made here, and those beside the project where they are. */
export const cashCases: readonly CashCase[] = [
  OWN_CASH_CASES,
  ...(hasCashCases ? [CASH_CASES] : []),
].flatMap((file) => (JSON.parse(readFileSync(file, 'utf8')) as { cases: CashCase[] }).cases);
/** How many cases and reports there are. */
export const CASH_COUNTS = hasCashCases ? [3 + 25, 4] : [3, 0];

/** A history on which money once left the books, with the cash that must be in them. */
export interface CashReport {
  readonly name: string;
  readonly document: ModelDocument;
  readonly cash: string;
}

/** By the number that a file's name begins with; the README beside them works the figures out. */
const REPORTED_CASH: Readonly<Record<string, string>> = {
  1: '11092.76',
  2: '3007.50',
  3: '-500.00',
  4: '10173.08',
};

export const cashReports: readonly CashReport[] = hasCashCases
  ? readdirSync(CASH_REPORTS).map((name) => ({
      name,
      document: JSON.parse(readFileSync(join(CASH_REPORTS, name), 'utf8')) as ModelDocument,
      cash: REPORTED_CASH[name.slice(0, name.indexOf('-'))] ?? `no figure for ${name}`,
    }))
  : [];

interface CashOutcome {
  readonly position: object;
  readonly allocations: readonly AllocationLine[];
  readonly rejected: readonly Rejected[];
}

/** What a case compares of a result: the position whole, lines and rejections in any order. */
export function comparedWith({ position, allocations, rejected }: CashOutcome, cash: string) {
  return {
    position: { ...position },
    allocations: asSet(allocations),
    rejected: asSet(rejected),
    net_debit_1012_02: cash,
  };
}

export function expectedOf({ expected }: CashCase) {
  return comparedWith(expected, expected.net_debit_1012_02);
}

function asSet(items: readonly object[]): string[] {
  return items.map((item) => JSON.stringify(item, Object.keys(item).sort())).sort();
}
