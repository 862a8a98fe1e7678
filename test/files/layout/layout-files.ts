import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type LayoutDocument, layoutOf } from '../../../src/files/layout/layout-document.js';
import {
  type LayoutEnd,
  type LayoutRow,
  type LayoutRowsOptions,
  layoutRows,
} from '../../../src/files/layout/layout-rows.js';
import {
  type LayoutWriterOptions,
  type LayoutWritten,
  type OurRow,
  writeLayout,
} from '../../../src/files/layout/layout-writer.js';

const folder = mkdtempSync(join(tmpdir(), 'loanbook-layout-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of its own with this content. */
export function fileOf(content: string | Uint8Array): string {
  files += 1;
  const path = join(folder, `${files}.txt`);
  writeFileSync(path, content);
  return path;
}

/** The one file of who writes thousands, each gone when the next comes. */
export function onlyFile(content: Uint8Array): string {
  const path = join(folder, 'only.txt');
  writeFileSync(path, content);
  return path;
}

export interface ReadFile {
  readonly rows: LayoutRow[];
  readonly end: LayoutEnd;
}

/** All rows of a file. */
export async function readAll(
  path: string,
  layout: LayoutDocument,
  fields: readonly string[],
  more: Partial<LayoutRowsOptions> = {},
): Promise<ReadFile> {
  const rows: LayoutRow[] = [];
  const reading = layoutRows(path, layout, { fields, minorDigits: 2, ...more });
  for (;;) {
    const step = await reading.next();
    if (step.done) return { rows, end: step.value };
    rows.push(...step.value.rows);
  }
}

/** What a layout, as a document has it, reads of a text: fields by row, and problems. */
export async function readText(
  layout: Readonly<Record<string, unknown>>,
  content: string | Uint8Array,
  fields: readonly string[],
): Promise<ReadFile> {
  return readAll(fileOf(content), layoutOf(layout, 'test'), fields);
}

/** The bytes of a file that a layout writes. */
export async function written(
  layout: LayoutDocument,
  rows: readonly OurRow[],
  options: Partial<LayoutWriterOptions> = {},
): Promise<{ readonly bytes: Buffer; readonly done: LayoutWritten }> {
  const pieces: Buffer[] = [];
  const writing = writeLayout(layout, rows, { minorDigits: 2, ...options });
  for (;;) {
    const step = await writing.next();
    if (step.done) return { bytes: Buffer.concat(pieces), done: step.value };
    pieces.push(step.value);
  }
}

/** The rows of a file that are good, and what is wrong with the others. */
export function sorted(
  { rows }: ReadFile,
  fields: readonly string[],
): {
  good: Record<string, string>[];
  bad: (readonly [line: number, field: string, rule: string])[];
} {
  const good = rows
    .filter(({ problem }) => problem === undefined)
    .map((row) => Object.fromEntries(fields.map((field, at) => [field, row.fields[at] ?? ''])));
  const bad = rows.flatMap(({ line, problem }) =>
    problem === undefined ? [] : [[line, problem.field, problem.rule] as const],
  );
  return { good, bad };
}
