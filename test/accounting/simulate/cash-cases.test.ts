import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatAmount } from '../../../src/accounting/money/amount-text.js';
import type { SimulationResult } from '../../../src/accounting/simulate/result-shape.js';
import { capture } from '../../commands/shell/captured-host.js';
import { cashOf, netDebit } from '../../histories/cash-property.js';
import {
  CASH_COUNTS,
  cashCases,
  cashReports,
  comparedWith,
  expectedOf,
} from '../../support/cash-cases.js';

/** The result of each document, in the order in which they went to the command, line for line. */
let results: SimulationResult[] = [];

async function simulateLines(documents: readonly object[]): Promise<SimulationResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-cash-'));
  try {
    const file = join(folder, 'documents.jsonl');
    writeFileSync(file, documents.map((document) => `${JSON.stringify(document)}\n`).join(''));
    const book = join(folder, 'no-book');
    const { exitCode, stdout } = await capture(['--book', book, 'simulate', file, '--lines']);
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as SimulationResult);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('cash that stays', () => {
  beforeAll(async () => {
    const all = [...cashCases, ...cashReports];
    results = await simulateLines(all.map(({ document }) => document));
  });

  it('has a result for each of the cases and reports', () => {
    expect([cashCases.length, cashReports.length]).toEqual(CASH_COUNTS);
    expect(results).toHaveLength(cashCases.length + cashReports.length);
  });

  const cases = cashCases.map((item, at) => ({ ...item, at }));
  it.each(cases)('$id: $title', ({ at, ...item }) => {
    const result = results[at]!;
    const cash = formatAmount(cashOf(result.journal), 2);
    expect(comparedWith(result, cash)).toEqual(expectedOf(item));
    expect(netDebit(result.journal)).toBe(0);
  });

  const reports = cashReports.map((report, at) => ({ ...report, at: cashCases.length + at }));
  it.each(reports)('$name', ({ at, cash }) => {
    const { journal } = results[at]!;
    expect(formatAmount(cashOf(journal), 2)).toBe(cash);
    expect(netDebit(journal)).toBe(0);
  });
});
