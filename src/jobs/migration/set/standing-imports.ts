import type pg from 'pg';
import { readSql } from '../../../db/sql-file.js';
import type { SetFile } from './file-set.js';

/** An import of a file that the book has. */
export interface StandingImport {
  readonly importId: number;
  readonly secondSha256: string | null;
  readonly read: number;
  readonly taken: number;
  readonly rejected: number;
  /** Null where its rows have no amount. */
  readonly amount: bigint | null;
}

interface Row extends StandingImport {
  readonly kind: string;
  readonly sha256: string;
}

/** Which of the files went in and were not taken back: by their digests, whatever their names. */
export async function standingImports(
  client: pg.Client,
  files: readonly SetFile[],
): Promise<ReadonlyMap<SetFile, StandingImport>> {
  const asked = files.filter(({ main }) => main.sha256 !== undefined);
  const { rows } = await client.query<Row>(readSql(import.meta.url, 'set-imports'), [
    asked.map(({ kind }) => kind),
    asked.map(({ main }) => main.sha256),
  ]);
  const found = new Map(rows.map((row) => [`${row.kind}/${row.sha256}`, row]));
  return new Map(
    asked.flatMap((file) => {
      const row = found.get(`${file.kind}/${file.main.sha256}`);
      return row === undefined ? [] : [[file, row] as const];
    }),
  );
}
