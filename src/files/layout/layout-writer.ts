import type { LayoutDocument } from './layout-document.js';

/** A row of ours: canonical text by our field names, as `layoutRows` gives it. */
export type OurRow = Readonly<Record<string, string | null | undefined>>;

export interface LayoutWriterOptions {
  /** Decimals of the currency. */
  readonly minorDigits: number;
  /** What `{date}` stands for, YYYY-MM-DD. */
  readonly date?: string;
  readonly version?: number;
  /** What other {places} of the name and of heads stand for. */
  readonly places?: Readonly<Record<string, string>>;
  /** Count and total, where the head says them: they must be known before the rows. */
  readonly count?: number;
  /** In minor units. */
  readonly total?: bigint;
}

/** What was written, known when the last piece is taken. */
export interface LayoutWritten {
  readonly rows: number;
  readonly total: bigint;
  /** Content of the control file; undefined where the layout has none. */
  readonly control: string | undefined;
}

/**
 * Rows as the bytes of a file, piece by piece. Throws LoanbookError `value_not_written` for what
 * the layout has no form for, `totals_unknown` where a head wants figures that are not given.
 */
// biome-ignore lint/correctness/useYield: the signature comes first.
export async function* writeLayout(
  layout: LayoutDocument,
  rows: Iterable<OurRow> | AsyncIterable<OurRow>,
  options: LayoutWriterOptions,
): AsyncGenerator<Buffer, LayoutWritten> {
  throw new Error(`not built: ${layout.format} ${String(rows)} ${options.minorDigits}`);
}

/** The name of a file by the layout's pattern; undefined where it has none. */
export function fileNameOf(
  layout: LayoutDocument,
  options: LayoutWriterOptions,
): string | undefined {
  throw new Error(`not built: ${layout.format} ${options.minorDigits}`);
}
