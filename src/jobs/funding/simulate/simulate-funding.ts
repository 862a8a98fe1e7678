import { simulatedKinds } from '../../simulate/kinds.js';
import { simulateCheck } from './simulate-check.js';
import { simulateFile, simulateRead } from './simulate-file.js';
import { simulateSplit } from './simulate-split.js';

/** What worked cases of funding come to: a line a kind. */
export const FUNDING_ON_PAPER = simulatedKinds({
  split: simulateSplit,
  check: simulateCheck,
  file: simulateFile,
  read: simulateRead,
});
