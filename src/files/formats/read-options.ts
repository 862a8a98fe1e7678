/** How far a reader has come in the file itself, packed as it may be. */
export interface ReadMeter {
  bytes: number;
}

/** What every source of records takes. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Counts the bytes read. */
  readonly meter?: ReadMeter | undefined;
}

/** Options of sources that read text. */
export interface TextOptions extends ReadOptions {
  /** A label of the Encoding standard; UTF-8 when left out, and UTF-16 where its mark stands. */
  readonly charset?: string | undefined;
}
