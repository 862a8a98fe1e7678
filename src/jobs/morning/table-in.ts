import type { CellKind, Table, TableColumn, TableRow } from '../../files/table.js';
import { type Language, type Word, wordIn } from './words.js';

/** A column by its key; the word that it is called by, where that is another one. */
export type ColumnOf = readonly [key: string, kind: CellKind, word?: Word];

/** Makes tables whose titles are of a language. */
export function tableIn(language: Language) {
  return (name: Word, columns: readonly ColumnOf[], rows: readonly TableRow[]): Table => ({
    name,
    title: wordIn(language, name),
    columns: columns.map(([key, kind, word = key as Word]): TableColumn => {
      return { key, kind, title: wordIn(language, word) };
    }),
    rows,
  });
}
