import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

const shared = process.env.SHARED_DATA ?? join(packageRoot, '../shared');

const own = join(packageRoot, 'fixtures/cases');

/**
 * A few cases of each kind that were made here, in the same shape: a bare checkout runs the same
 * tests on them.
 */
export const OWN_TAPE = join(own, 'tape.csv');
export const OWN_SCHEDULES = join(own, 'schedules.json');
export const OWN_ALLOCATIONS = join(own, 'allocations.json');
export const OWN_CASH_CASES = join(own, 'cash.json');

/**
 * Real data kept beside the project, or in the folder that SHARED_DATA names, never in it: tests
 * read it there and skip when it is absent.
 */
export const LOAN_TAPE = join(shared, 'data/lendingclub-2018q1.csv');
export const FINERACT_SCHEDULES = join(shared, 'cases/fineract-schedules.json');
export const FINERACT_ALLOCATION = join(shared, 'cases/fineract-allocation.json');
export const CASH_CASES = join(shared, 'cases/cash.json');
export const CASH_REPORTS = join(shared, 'cases/reports/cash');
export const YEAR_CUT_REPORT = join(shared, 'cases/reports/accepted-without-effect/year-cut.json');
