import { exactRound } from '../../accounting/money/exact-round.js';
import { type Fen, RATE_SCALE } from '../../accounting/money/units.js';
import type { CoverCap } from '../terms/guarantee.js';
import { type Claim, reservedBy } from './claim.js';

/**
 * What claims may still take of a guarantor's cover: r(rate x disbursed) less what was used and
 * what claims hold. `recovered`: what customers have paid back of compensations.
 */
export function coverLeft(
  { ratePpb, usedFen, restoredByRecovery }: CoverCap,
  disbursed: Fen,
  claims: readonly Claim[],
  recovered: Fen,
): Fen {
  const all = exactRound([disbursed, ratePpb], [RATE_SCALE], 'half_up');
  const reserved = claims.reduce((sum, claim) => {
    return claim.kind === 'compensation' ? sum + reservedBy(claim) : sum;
  }, 0);
  return Math.max(0, all - usedFen - reserved + (restoredByRecovery ? recovered : 0));
}
