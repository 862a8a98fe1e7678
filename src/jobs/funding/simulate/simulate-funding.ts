import { simulatedKinds } from '../../simulate/kinds.js';
import { simulateSplit } from './simulate-split.js';

/** What worked cases of funding come to: a line a kind. */
export const FUNDING_ON_PAPER = simulatedKinds({
  split: simulateSplit,
});
