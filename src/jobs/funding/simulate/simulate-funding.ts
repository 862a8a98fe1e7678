import { simulatedKinds } from '../../simulate/kinds.js';
import { simulateCheck } from './simulate-check.js';
import { simulateDeduct } from './simulate-deduct.js';
import { simulateFee } from './simulate-fee.js';
import { simulateFile, simulateRead } from './simulate-file.js';
import { simulateGuarantee } from './simulate-guarantee.js';
import { simulateLimits } from './simulate-limits.js';
import { simulateMerchant } from './simulate-merchant.js';
import { simulateMirror } from './simulate-mirror.js';
import { simulateRoute } from './simulate-route.js';
import { simulateSettle } from './simulate-settle.js';
import { simulateSplit } from './simulate-split.js';
import { simulateTransfer } from './simulate-transfer.js';

/** What worked cases of funding come to: a line a kind. */
export const FUNDING_ON_PAPER = simulatedKinds({
  check: simulateCheck,
  deduct: simulateDeduct,
  fee: simulateFee,
  file: simulateFile,
  guarantee: simulateGuarantee,
  limits: simulateLimits,
  merchant: simulateMerchant,
  mirror: simulateMirror,
  read: simulateRead,
  route: simulateRoute,
  settle: simulateSettle,
  split: simulateSplit,
  transfer: simulateTransfer,
});
