import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

/** Real data kept beside the project, never in it: tests read it there and skip when it is absent. */
export const LOAN_TAPE = join(packageRoot, '../shared/data/lendingclub-2018q1.csv');
