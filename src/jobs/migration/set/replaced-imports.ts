import type pg from 'pg';
import type { SetKind } from './file-kinds.js';
import { type FileSet, readSet, type SetFile } from './file-set.js';
import { type StandingImport, standingImports } from './standing-imports.js';

/** An import of an earlier set that is to be taken back. */
export interface ReplacedImport {
  readonly file: SetFile;
  readonly standing: StandingImport;
}

/** By kind, those that stand on its rows: they are taken back with them, and come again. */
const STAND_ON: Readonly<Record<SetKind, readonly SetKind[]>> = {
  customers: [],
  loans: ['balances', 'events', 'repayments'],
  balances: [],
  events: ['events', 'repayments'],
  repayments: ['events', 'repayments'],
};

/**
 * What the book has of the set that this one comes after and this one has not, or has otherwise,
 * with what stands on it; the last one first. Customers are never taken back: a record that says
 * something else is their next version. Throws as `readSet` does for the earlier manifest.
 */
export async function replacedImports(client: pg.Client, set: FileSet): Promise<ReplacedImport[]> {
  if (set.after === undefined) return [];
  const earlier = await readSet(set.after);
  const standing = await standingImports(client, earlier.files);
  const kept = new Set(set.files.map(contentOf));
  const there = earlier.files.filter((file) => file.kind !== 'customers' && standing.has(file));
  const isOther = (file: SetFile) => !kept.has(contentOf(file));
  const taken = new Set(there.filter(isOther).flatMap(({ kind }) => STAND_ON[kind]));
  return there
    .filter((file) => isOther(file) || taken.has(file.kind))
    .reverse()
    .map((file) => ({ file, standing: standing.get(file)! }));
}

function contentOf({ kind, main, second }: SetFile): string {
  return [kind, main.sha256, second?.sha256].join('/');
}
