import { parseAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { type CsvBatch, csvBatches } from '../../../files/csv-reader.js';
import { ndjsonBatches } from '../../../files/formats/ndjson-batches.js';
import { refusedFile } from '../../../files/formats/refused-file.js';
import { wallSecond } from '../../../funding/route/route-limits.js';
import type { Application } from '../../../funding/route/router.js';
import { parseTimeOfDay } from '../../book/documents/funding-route.js';

/** An application with what it is called. */
export interface FiledApplication extends Application {
  readonly id: string;
}

export interface ApplicationFile {
  readonly path: string;
  /** The day of the applications. */
  readonly day: EpochDay;
  readonly minorDigits: number;
  readonly signal?: AbortSignal;
}

const REQUIRED = ['id', 'at', 'customer', 'amount', 'term', 'rate'] as const;
const OPTIONAL = ['refused_by'] as const;
type Field = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];
const FIELDS: readonly string[] = [...REQUIRED, ...OPTIONAL];
const ID_CHARS_MAX = 64;
const NOBODY: readonly string[] = [];

/**
 * The applications of a CSV file, or of one JSON object a line (`.jsonl`, `.ndjson`), batch by
 * batch. `refused_by` has codes with blanks between. Throws LoanbookError `columns_differ` and
 * `application_malformed` (1), with line and field, and as the readers do.
 */
export async function* applicationsOf(file: ApplicationFile): AsyncGenerator<FiledApplication[]> {
  const { path, signal } = file;
  const isJson = /\.(jsonl|ndjson)$/i.test(path);
  let reader: RowReader | undefined;
  for await (const batch of isJson ? ndjsonBatches(path, {}) : csvBatches(path, signal)) {
    signal?.throwIfAborted();
    const rows: FiledApplication[] = [];
    for (const [at, record] of batch.records.entries()) {
      if (reader === undefined) reader = new RowReader(file, placesOf(path, record));
      else rows.push(reader.read(record, lineOf(batch, at)));
    }
    yield rows;
  }
  if (reader === undefined) throw refusedFile('file_empty', 'The file is empty.', { file: path });
}

function lineOf({ lines }: CsvBatch, at: number): number {
  return lines[at]!;
}

function placesOf(file: string, titles: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map(titles.map((title, at) => [title.trim(), at]));
  const missing = REQUIRED.filter((field) => !places.has(field));
  const unknown = titles.filter((title) => !FIELDS.includes(title.trim()));
  if (missing.length === 0 && unknown.length === 0 && places.size === titles.length) return places;
  throw refusedFile('columns_differ', 'The columns are not those of applications.', {
    file,
    expected: FIELDS.join(', '),
    missing: missing.join(', '),
    unknown: unknown.join(', '),
  });
}

/** Texts come again and again: what was read of one is kept, for as many as a day has seconds. */
class Kept<T> {
  readonly #values = new Map<string, T | undefined>();
  readonly #parse: (text: string) => T | undefined;

  constructor(parse: (text: string) => T | undefined) {
    this.#parse = parse;
  }

  of(text: string): T | undefined {
    const known = this.#values.get(text);
    if (known !== undefined) return known;
    const value = this.#parse(text);
    if (this.#values.size < 100_000) this.#values.set(text, value);
    return value;
  }
}

class RowReader {
  readonly #file: ApplicationFile;
  readonly #places: ReadonlyMap<string, number>;
  readonly #times = new Kept(parseTimeOfDay);
  readonly #rates = new Kept((text) => parseRatePpb(text));
  readonly #terms = new Kept((text) => (/^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : undefined));
  readonly #refusals = new Kept((text) => text.split(/[\s;|]+/).filter(Boolean));

  constructor(file: ApplicationFile, places: ReadonlyMap<string, number>) {
    this.#file = file;
    this.#places = places;
  }

  read(record: readonly string[], line: number): FiledApplication {
    const text = (field: Field) => record[this.#places.get(field) ?? -1] ?? '';
    const refuse = (field: Field, rule: string) => {
      const evidence = { file: this.#file.path, line, field, rule };
      return refusedFile('application_malformed', 'A line is no application.', evidence);
    };
    if (record.length !== this.#places.size) throw refuse('id', 'must have a field a column');
    const id = text('id');
    if (id === '' || id.length > ID_CHARS_MAX || id.trim() !== id) {
      throw refuse('id', `must be 1 to ${ID_CHARS_MAX} characters without blanks at its ends`);
    }
    const customer = text('customer');
    if (customer === '') throw refuse('customer', 'must not be empty');
    const at = this.#times.of(text('at'));
    if (at === undefined) throw refuse('at', 'must be a time, HH:MM or HH:MM:SS');
    const amount = parseAmount(text('amount'), this.#file.minorDigits);
    if (amount === undefined || amount <= 0) throw refuse('amount', 'must be an amount above 0');
    const term = this.#terms.of(text('term'));
    if (term === undefined) throw refuse('term', 'must be a whole number, 1 or more');
    const ratePpb = this.#rates.of(text('rate'));
    if (ratePpb === undefined) throw refuse('rate', 'must be a rate, as 0.18');
    const refused = text('refused_by');
    const refusedBy = refused === '' ? NOBODY : (this.#refusals.of(refused) ?? NOBODY);
    return { id, customer, at: wallSecond(this.#file.day, at), amount, term, ratePpb, refusedBy };
  }
}
