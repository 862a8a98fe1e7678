import { dirname, relative, resolve, sep } from 'node:path';
import type pg from 'pg';
import { stringify } from 'yaml';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import { writeWhole } from '../../../files/new-file.js';
import { currencyOfBook } from '../../import/import-file.js';
import { agreeSet } from './agree-set.js';
import type { CountedPart } from './count-part.js';
import { PART_FORMS, SECOND_PARTS } from './file-kinds.js';
import type { FileSet, SetPart } from './file-set.js';

/**
 * Writes the manifest of a draft: counts, totals and digests of its files. What the draft says of
 * them must hold. Throws as `agreeSet` and `writeWhole` do.
 */
export async function writeManifest(
  client: pg.Client,
  set: FileSet,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  const { minorDigits } = await currencyOfBook(client);
  const counted = await agreeSet(client, set, new Map(), { minorDigits, signal });
  const folder = dirname(resolve(file));
  const of = (part: SetPart) => partOf(part, counted.get(part)!, folder, minorDigits);
  const document = {
    set: set.name,
    ...(set.after === undefined ? {} : { after: pathFrom(folder, set.after) }),
    files: set.files.map(({ kind, isDelta, main, second }) => ({
      kind,
      ...(isDelta ? { delta: true } : {}),
      ...of(main),
      ...(second === null ? {} : { [SECOND_PARTS[kind as keyof typeof SECOND_PARTS]]: of(second) }),
    })),
    end: true,
  };
  await writeWhole(file, [stringify(document, { lineWidth: 0 })]);
}

function partOf(part: SetPart, counted: CountedPart, folder: string, minorDigits: number) {
  const { layout } = part;
  const isPath = layout !== undefined && layout === resolve(layout);
  const [main] = PART_FORMS[part.kind].amounts;
  const fields = [...new Set([...(main === undefined ? [] : [main]), ...Object.keys(part.totals)])];
  const totals = fields.map((field) => [field, amountOf(counted, field, minorDigits)] as const);
  return {
    file: pathFrom(folder, part.path),
    ...(layout === undefined ? {} : { layout: isPath ? pathFrom(folder, layout) : layout }),
    rows: counted.rows,
    ...(totals.length === 0 ? {} : { totals: Object.fromEntries(totals) }),
    sha256: counted.sha256,
  };
}

function amountOf({ totals }: CountedPart, field: string, minorDigits: number): string {
  return formatAmount(totals.get(field) ?? 0n, minorDigits);
}

/** Seen from the folder of the manifest; it may move with its files. */
function pathFrom(folder: string, path: string): string {
  const seen = relative(folder, path).split(sep).join('/');
  return /^[A-Za-z0-9_-]+$/.test(seen) ? `./${seen}` : seen;
}
