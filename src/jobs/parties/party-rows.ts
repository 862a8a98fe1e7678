import type { ProvedBy, SenderSays } from '../import/source/file-proof.js';
import { RowCount } from '../import/source/row-count.js';
import type { RowProblem } from '../import/source/source-columns.js';
import { openSource, type SourceFile, shapeProblem } from '../import/source/source-file.js';
import { PARTY_COLUMNS } from './party-record.js';

/** A row of a file of parties: our fields in order, or what is wrong with it as a whole. */
export interface PartyRow {
  readonly line: number;
  /** As PARTY_COLUMNS; '' where the file has none. */
  readonly fields: readonly string[];
  readonly problem: RowProblem | undefined;
  /** As it stands in the file, for the reject file. */
  readonly raw: readonly string[];
}

export interface PartyBatch {
  readonly rows: readonly PartyRow[];
  readonly bytesRead: number;
}

export interface PartyFileEnd {
  readonly rows: number;
  readonly provedBy: ProvedBy;
}

export interface PartyFileOptions {
  readonly file: string;
  /** Path or name of a layout, in the place of a mapping. */
  readonly layout?: string;
  readonly says?: SenderSays;
  readonly signal?: AbortSignal;
}

/** Throws what `openSource` throws. */
export function openPartyFile(options: PartyFileOptions): Promise<SourceFile> {
  // There is no amount in such a file.
  return openSource('parties', PARTY_COLUMNS, { ...options, minorDigits: 0 });
}

/**
 * The rows of a file of parties, batch by batch in constant memory, with what proves it at the end.
 * This is the only place that knows how such a file is read. Throws as its reader and `RowCount`.
 */
export async function* partyRows(
  source: SourceFile,
  signal?: AbortSignal,
): AsyncGenerator<PartyBatch, PartyFileEnd> {
  const { columns } = source;
  const count = new RowCount(source, '', 0);
  for await (const batch of source.rows(signal)) {
    const rows: PartyRow[] = [];
    for (const [at, raw] of batch.records.entries()) {
      const line = batch.lines[at]!;
      if (count.isTrailer(raw, line)) continue;
      const fields: string[] = [];
      const problem =
        batch.problemOf?.(at) ??
        shapeProblem(source, raw, batch.hasNul) ??
        columns.read(raw, fields);
      count.add(raw, line, problem);
      rows.push({ line, fields, problem: problem ?? undefined, raw });
    }
    if (rows.length > 0) yield { rows, bytesRead: batch.bytesRead };
  }
  return { rows: count.rows, provedBy: count.end() };
}
