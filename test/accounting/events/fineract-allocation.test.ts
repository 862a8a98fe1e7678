import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { SimulationResult } from '../../../src/accounting/simulate/result-shape.js';
import { FINERACT_ALLOCATION, OWN_ALLOCATIONS } from '../../support/shared-data.js';
import { cents } from '../product/terms.js';
import { type Scenario, simulated } from '../simulate/simulation.js';
import {
  type FineractHistory,
  type FineractRow,
  fineractHistory,
  scenarioAfter,
} from './fineract-history.js';

const present = existsSync(FINERACT_ALLOCATION);
const read = (file: string) =>
  z.array(fineractHistory).parse(JSON.parse(readFileSync(file, 'utf8')));
const all = present ? read(FINERACT_ALLOCATION) : [];
const recalculated = all.filter(({ effective }) => effective.interest_recalculation);
const plain = all.filter(({ effective }) => !effective.interest_recalculation);

/** With recalculation, what no document of ours can say: each fails once it starts to match. */
const DIFFERS: Readonly<Record<string, string>> = {
  'C3246@EMICalculation:3074': 'paid off with the interest of all of the running period',
  'C3671@LoanInterestPause:2138': 'disbursed in two parts',
  'C4001@LoanMigration:886': 'disbursed in two parts',
  'C3667@LoanRepayment:5381': 'money ahead goes to the next instalment, the rest to the last',
};

interface Cells {
  readonly seq: number;
  readonly due: string;
  readonly days: number;
  readonly principal: number;
  readonly interest: number;
  readonly fee: number;
  readonly penalty: number;
  readonly total: number;
  readonly paid: number;
  readonly inAdvance: number;
  readonly late: number;
  readonly outstanding: number;
  readonly balance: number;
}

/** Rows without a number are disbursements. */
function expectedCells(rows: readonly FineractRow[]): Cells[] {
  const numbered = rows.filter(({ n }) => n !== null);
  return numbered.map((row) => ({
    seq: row.n ?? 0,
    due: row.due,
    days: row.days ?? -1,
    principal: cents(row.principal ?? ''),
    interest: cents(row.interest ?? ''),
    fee: cents(row.fees),
    penalty: cents(row.penalties ?? ''),
    total: cents(row.due_total),
    paid: cents(row.paid),
    inAdvance: cents(row.in_advance ?? '0'),
    late: cents(row.late ?? '0'),
    outstanding: cents(row.outstanding ?? ''),
    balance: cents(row.balance),
  }));
}

const COMPONENTS = ['principal', 'interest', 'penalty', 'compound', 'fee'] as const;

function foldedCells(scenario: Scenario): Cells[] {
  const result = simulated(scenario);
  const paidOn = new Map((scenario.events ?? []).map((event) => [event.ref, event.value_date]));
  return result.schedule.map((row, k) => {
    const own = result.installments[k]!;
    const sum = (figure: 'due' | 'paid') =>
      COMPONENTS.reduce((total, component) => total + cents(own[component][figure]), 0);
    const lines = result.allocations.filter(({ seq }) => seq === row.seq);
    const paidWhere = (test: (day: string) => boolean) => sumWhere(lines, paidOn, test);
    return {
      seq: row.seq,
      due: row.due_on,
      days: row.days,
      principal: cents(row.principal),
      interest: cents(row.interest),
      fee: cents(row.fee),
      penalty: cents(own.penalty.due),
      total: sum('due'),
      paid: sum('paid'),
      inAdvance: paidWhere((day) => day < row.due_on),
      late: paidWhere((day) => day > row.due_on),
      outstanding: sum('due') - sum('paid'),
      balance: cents(row.balance_after),
    };
  });
}

/** Money of the close itself pays on due dates only: it is neither late nor in advance. */
function sumWhere(
  lines: SimulationResult['allocations'],
  paidOn: ReadonlyMap<unknown, unknown>,
  test: (day: string) => boolean,
): number {
  const counted = lines.filter(({ ref }) => paidOn.has(ref) && test(String(paidOn.get(ref))));
  return counted.reduce((total, { amount }) => total + cents(amount), 0);
}

/** Every check-point that holds a schedule and is verified: what stands, beside what must. */
function checkpointsOf(history: FineractHistory) {
  const { checkpoints, verified_up_to_event: verified } = history;
  return checkpoints.flatMap(({ after_event: after, business_date: day, schedule }) => {
    if (schedule === undefined || after > verified) return [];
    const folded = foldedCells(scenarioAfter(history, after, day));
    return [{ after, folded, expected: expectedCells(schedule) }];
  });
}

function named(histories: readonly FineractHistory[]) {
  return histories.map((history) => [history.id, history] as const);
}

test.each(named(read(OWN_ALLOCATIONS)))('made here: %s', (_id, history) => {
  const checkpoints = checkpointsOf(history);
  expect(checkpoints).toHaveLength(2);
  for (const { after, folded, expected } of checkpoints) {
    expect({ after, cells: folded }).toEqual({ after, cells: expected });
  }
});

describe.skipIf(!present)(`Fineract's allocations (skipped without ${FINERACT_ALLOCATION})`, () => {
  test('there are 50 without recalculation', () => expect(plain).toHaveLength(50));

  test.each(named(plain))('%s', (_id, history) => {
    for (const { after, folded, expected } of checkpointsOf(history)) {
      expect({ after, cells: folded }).toEqual({ after, cells: expected });
    }
  });

  test('there are 42 with recalculation', () => expect(recalculated).toHaveLength(42));

  test.each(named(recalculated.filter(({ id }) => !(id in DIFFERS))))('%s', (_id, history) => {
    for (const { after, folded, expected } of checkpointsOf(history)) {
      expect({ after, cells: folded }).toEqual({ after, cells: expected });
    }
  });

  test.each(Object.entries(DIFFERS))('%s still differs: %s', (differing) => {
    const history = recalculated.find(({ id }) => id === differing);
    const checkpoints = history === undefined ? [] : checkpointsOf(history);
    const folded = checkpoints.map((checkpoint) => checkpoint.folded);
    expect(folded).not.toEqual(checkpoints.map((checkpoint) => checkpoint.expected));
  });
});
