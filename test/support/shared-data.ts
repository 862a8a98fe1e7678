import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

const shared = process.env.SHARED_DATA ?? join(packageRoot, '../shared');

/**
 * Real data kept beside the project, or in the folder that SHARED_DATA names, never in it: tests
 * read it there and skip when it is absent.
 */
export const LOAN_TAPE = join(shared, 'data/lendingclub-2018q1.csv');
export const FINERACT_SCHEDULES = join(shared, 'cases/fineract-schedules.json');
export const FINERACT_ALLOCATION = join(shared, 'cases/fineract-allocation.json');
export const CASH_CASES = join(shared, 'cases/cash.json');
export const CASH_REPORTS = join(shared, 'cases/reports/cash');
