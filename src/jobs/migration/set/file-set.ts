import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readTextFile } from '../../../files/text-file.js';
import {
  type ManifestDocument,
  type ManifestFile,
  type ManifestPart,
  parseManifest,
} from '../documents/manifest-document.js';
import { type PartKind, SECOND_PARTS, SET_KINDS, type SetKind } from './file-kinds.js';

/** One file of a migration, with what its manifest says of it. */
export interface SetPart {
  readonly kind: PartKind;
  /** As the manifest names it. */
  readonly named: string;
  readonly path: string;
  /** Path of a layout, or the name of a packaged one. */
  readonly layout: string | undefined;
  readonly rows: number | undefined;
  /** Decimal text by our column. */
  readonly totals: Readonly<Record<string, string>>;
  readonly sha256: string | undefined;
}

/** What goes in by one import. */
export interface SetFile {
  readonly kind: SetKind;
  readonly main: SetPart;
  /** Its rows take the place of what no close has folded. */
  readonly isDelta: boolean;
  /** The schedules of loans, the instalments of balances. */
  readonly second: SetPart | null;
}

export interface FileSet {
  readonly name: string;
  readonly manifest: string;
  /** Path of the manifest that this one comes after. */
  readonly after: string | undefined;
  /** In the order in which they go in: by kind, deltas behind the others, then by name. */
  readonly files: readonly SetFile[];
}

/**
 * The set that a manifest lists. Paths in it are seen from its folder. Throws as `readTextFile` and
 * `parseManifest` do.
 */
export async function readSet(manifest: string, isDraft = false): Promise<FileSet> {
  const text = await readTextFile(manifest);
  return setOf(parseManifest(text, manifest, { isDraft }), manifest);
}

function setOf({ set, after, files }: ManifestDocument, manifest: string): FileSet {
  const folder = dirname(resolve(manifest));
  const order = (file: SetFile) => 2 * SET_KINDS.indexOf(file.kind) + (file.isDelta ? 1 : 0);
  return {
    name: set,
    manifest,
    after: after === undefined ? undefined : resolve(folder, after),
    files: files
      .map((file) => fileOf(file, folder))
      // By code units: the order of two machines is the same.
      .sort((a, b) => order(a) - order(b) || (a.main.named < b.main.named ? -1 : 1)),
  };
}

function fileOf(file: ManifestFile, folder: string): SetFile {
  const { kind } = file;
  const secondKind = kind === 'loans' || kind === 'balances' ? SECOND_PARTS[kind] : undefined;
  const second = secondKind === undefined ? undefined : file[secondKind];
  return {
    kind,
    isDelta: file.delta === true,
    main: partOf(kind, file, folder),
    second:
      second === undefined || secondKind === undefined ? null : partOf(secondKind, second, folder),
  };
}

function partOf(kind: PartKind, part: ManifestPart, folder: string): SetPart {
  const { file, layout, rows, totals = {}, sha256 } = part;
  const path = resolve(folder, file);
  return { kind, named: file, path, layout: layoutOf(layout, folder), rows, totals, sha256 };
}

function layoutOf(layout: string | undefined, folder: string): string | undefined {
  if (layout === undefined) return undefined;
  const isName = /^[A-Za-z0-9_-]+$/.test(layout) && !existsSync(join(folder, layout));
  return isName ? layout : resolve(folder, layout);
}

/** The files of a set one by one. */
export function partsOf({ files }: Pick<FileSet, 'files'>): SetPart[] {
  return files.flatMap(({ main, second }) => (second === null ? [main] : [main, second]));
}
