/**
 * What a part of a total grows by when the total grows from `before` to `now`: the cumulative
 * difference, by which the parts of a series always sum to the part of its whole (ARCHITECTURE 4).
 */
export function partOfGrowth(
  before: bigint,
  now: bigint,
  partOf: (total: bigint) => bigint,
): bigint {
  return partOf(now) - partOf(before);
}
