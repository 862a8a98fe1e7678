import { parseAmount } from '../../../accounting/money/amount-text.js';
import { RowCount } from '../../import/source/row-count.js';
import { openSource, shapeProblem } from '../../import/source/source-file.js';
import { PART_FORMS } from './file-kinds.js';
import type { SetPart } from './file-set.js';

/** What a file of a migration has. */
export interface CountedPart {
  readonly sha256: string;
  readonly rows: number;
  /** Sum of every column of amounts over all rows, in minor units. */
  readonly totals: ReadonlyMap<string, bigint>;
  /** A row names a customer. */
  readonly namesParty: boolean;
}

/**
 * Reads a file as its import would, in constant memory: an amount that cannot be read counts
 * nothing, rows that its import would reject count too. A last line without its end is taken: the
 * digest tells whether the file is whole. Throws as `openSource` and `RowCount` do.
 */
export async function countPart(
  part: SetPart,
  minorDigits: number,
  signal?: AbortSignal,
): Promise<CountedPart> {
  const { source: kind, columns, amounts } = PART_FORMS[part.kind];
  const { path: file, layout } = part;
  const says = { unterminated: true };
  const source = await openSource(kind, columns, { file, layout, minorDigits, says, signal });
  const count = new RowCount(source, amounts[0] ?? '', minorDigits);
  const sums = amounts.map(() => 0n);
  const asksParty = part.kind === 'loans';
  let namesParty = false;
  for await (const batch of source.rows(signal)) {
    for (const [at, record] of batch.records.entries()) {
      const line = batch.lines[at]!;
      if (count.isTrailer(record, line)) continue;
      const problem = batch.problemOf?.(at) ?? shapeProblem(source, record, batch.hasNul);
      count.add(record, line, problem);
      for (const [place, column] of amounts.entries()) {
        const text = source.columns.textOf(column, record);
        sums[place]! += BigInt(parseAmount(text, minorDigits) ?? 0);
      }
      if (asksParty && !namesParty) namesParty = source.columns.textOf('party', record) !== '';
    }
  }
  count.end();
  return {
    sha256: source.content.sha256,
    rows: count.rows,
    totals: new Map(amounts.map((column, place) => [column, sums[place]!])),
    namesParty,
  };
}
