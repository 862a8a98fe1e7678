import type { Cell, CellKind, Table, TableColumn } from './table.js';

/** What a report is of: the day, the currency, the account. */
export type Facts = Readonly<Record<string, Cell>>;

/**
 * What a command has to show, in one shape for every format: facts, tables whose rows may be read
 * once only and are never all in memory, and what is said behind them.
 */
export interface Report {
  readonly head: Facts;
  readonly tables: readonly Table[];
  /** Name of the table that a CSV file holds, where it is not the first. */
  readonly main?: string;
  /** On a screen instead of the facts; empty where the titles of columns say what they are of. */
  readonly headline?: string;
  /** Sentences behind the tables. */
  readonly notes?: readonly string[];
}

/** What a column holds; its title where that is not the key, and the one on a screen. */
type ColumnOf = CellKind | readonly [kind: CellKind, title: string, onScreen?: string];

/** The columns of a table by their keys, in order. */
export type Columns<Row> = { readonly [Key in keyof Row & string]?: ColumnOf };

export function columnsOf<Row>(columns: Columns<Row>): TableColumn[] {
  const entries = Object.entries(columns) as [string, ColumnOf][];
  return entries.map(([key, of]) => {
    const [kind, title, onScreen] = typeof of === 'string' ? [of, key] : of;
    return { key, title, kind, ...(onScreen === undefined ? {} : { onScreen }) };
  });
}

/** A table of rows whose fields its columns name. */
export function tableOf<Row extends object>(
  name: string,
  columns: Columns<Row>,
  rows: Iterable<Row> | AsyncIterable<Row>,
  more: Pick<Table, 'title' | 'screen'> = {},
): Table {
  return { name, columns: columnsOf(columns), rows: rows as Table['rows'], ...more };
}

/** How a record is shown. */
interface RecordForm extends Pick<Table, 'title'> {
  /** A key in camelCase is its own title in words. */
  readonly inWords?: boolean;
  /** What is said where there is no record. */
  readonly empty?: string;
}

/**
 * One thing as a table of one row, or of none, which a screen shows line by line. A number is a
 * count, all else text unless `kinds` says what it is.
 */
export function recordTable(
  name: string,
  record: object | null,
  kinds: Readonly<Record<string, CellKind>> = {},
  { inWords = false, empty, ...more }: RecordForm = {},
): Table {
  const columns = Object.entries(record ?? {}).map(([key, value]): TableColumn => {
    const kind = kinds[key] ?? (typeof value === 'number' ? 'count' : 'text');
    const words = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return { key, title: inWords ? words : key, kind };
  });
  const rows = record === null ? [] : [{ ...record }];
  return { name, columns, rows, screen: { as: 'record', ...(empty && { empty }) }, ...more };
}
