import { simulatedKinds } from '../../simulate/kinds.js';
import { simulateCheck } from './simulate-check.js';
import { simulateDeduct } from './simulate-deduct.js';
import { simulateFile, simulateRead } from './simulate-file.js';
import { simulateLimits } from './simulate-limits.js';
import { simulateMerchant } from './simulate-merchant.js';
import { simulateRoute } from './simulate-route.js';
import { simulateSettle } from './simulate-settle.js';
import { simulateSplit } from './simulate-split.js';

/** What worked cases of funding come to: a line a kind. */
export const FUNDING_ON_PAPER = simulatedKinds({
  split: simulateSplit,
  check: simulateCheck,
  file: simulateFile,
  read: simulateRead,
  settle: simulateSettle,
  limits: simulateLimits,
  route: simulateRoute,
  merchant: simulateMerchant,
  deduct: simulateDeduct,
});
