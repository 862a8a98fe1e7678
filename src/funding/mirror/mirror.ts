import type { Fen } from '../../accounting/money/units.js';
import type { Schedule } from '../../accounting/schedule/schedule-rows.js';
import type { Shares } from '../shares/share.js';

/** What a schedule says of an instalment, by the index that the loan's totals have too. */
export const MIRRORED = ['principal', 'interest'] as const;
export type Mirrored = (typeof MIRRORED)[number];

export interface MirrorCell {
  readonly ours: Fen;
  readonly theirs: Fen;
  /** Theirs less ours. */
  readonly difference: Fen;
}

export interface MirrorBreak {
  readonly seq: number;
  readonly component: Mirrored;
  readonly difference: Fen;
}

export interface MirrorOutcome {
  /** An instalment a row, its cells by MIRRORED; the first has seq 1. */
  readonly rows: readonly (readonly MirrorCell[])[];
  /** What is tolerated of each component, summed. */
  readonly tail: readonly Fen[];
  readonly breaks: readonly MirrorBreak[];
}

/**
 * Holds the schedule that a party lays for its own part of the principal against its share of the
 * customer's schedule (FUNDING, Mirror). A schedule that ends earlier has nothing in its last rows.
 */
export function mirrorOf(
  { shares, party }: { readonly shares: Shares; readonly party: number },
  customers: Schedule,
  theirs: Schedule,
  tolerance: number,
): MirrorOutcome {
  const rows: MirrorCell[][] = [];
  const tail = MIRRORED.map(() => 0);
  const breaks: MirrorBreak[] = [];
  const paid = MIRRORED.map(() => 0);
  const length = Math.max(customers.principal.length, theirs.principal.length);
  for (let at = 0; at < length; at += 1) {
    const cells = MIRRORED.map((component, index) => {
      const before = paid[index]!;
      const after = before + (customers[component][at] ?? 0);
      paid[index] = after;
      const ours = shares.of(party, index, after) - shares.of(party, index, before);
      const their = theirs[component][at] ?? 0;
      return { ours, theirs: their, difference: their - ours };
    });
    rows.push(cells);
    for (const [index, { difference }] of cells.entries()) {
      if (Math.abs(difference) <= tolerance) tail[index]! += difference;
      else breaks.push({ seq: at + 1, component: MIRRORED[index]!, difference });
    }
  }
  return { rows, tail, breaks };
}
