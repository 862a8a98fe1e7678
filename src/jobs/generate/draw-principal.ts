import type { Fen } from '../../accounting/money/units.js';
import type { Random } from './random.js';

/** Amounts that customers ask for, in whole yuan, and how often. */
const ROUND_YUAN = [
  { weight: 3, yuan: 500 },
  { weight: 7, yuan: 1000 },
  { weight: 4, yuan: 1500 },
  { weight: 9, yuan: 2000 },
  { weight: 9, yuan: 3000 },
  { weight: 12, yuan: 5000 },
  { weight: 4, yuan: 6000 },
  { weight: 7, yuan: 8000 },
  { weight: 14, yuan: 10_000 },
  { weight: 4, yuan: 12_000 },
  { weight: 6, yuan: 15_000 },
  { weight: 8, yuan: 20_000 },
  { weight: 6, yuan: 30_000 },
  { weight: 5, yuan: 50_000 },
  { weight: 3, yuan: 80_000 },
  { weight: 3, yuan: 100_000 },
  { weight: 1, yuan: 150_000 },
  { weight: 1, yuan: 200_000 },
];

/** Of 10,000 loans: those for a whole hundred, and those for a purchase with its odd price. */
const HUNDREDS_SHARE = 2000;
const PURCHASE_SHARE = 700;

/** A principal within the bounds, round more often than not. */
export function drawPrincipal(random: Random, minFen: Fen, maxFen: Fen): Fen {
  let fen = random.pick(ROUND_YUAN).yuan * 100;
  if (random.chance(HUNDREDS_SHARE)) {
    // Between half and one and a half times the round amount.
    fen = Math.floor((fen * random.between(50, 150)) / 1_000_000) * 10_000;
  } else if (random.chance(PURCHASE_SHARE)) {
    fen = Math.floor((fen * random.between(50, 150)) / 10_000) * 100 - random.between(1, 99);
  }
  return Math.min(Math.max(fen, minFen), maxFen);
}
