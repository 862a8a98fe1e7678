import { EXIT, LoanbookError } from '../../../errors.js';
import { fileTruncated } from '../../../files/csv-reader.js';
import { inspectPacked } from '../../../files/formats/packed-content.js';
import { findLayout } from '../../../files/layout/find-layout.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import { LayoutRejectLines } from '../../../files/layout/layout-reject-lines.js';
import { type LayoutProblem, layoutRows } from '../../../files/layout/layout-rows.js';
import { importRuleOf } from '../../../files/layout/layout-rule-names.js';
import { layoutOfRejects } from '../../../files/layout/rejected-layout.js';
import { isFileOfRejects } from '../../../files/rejects/file-of-rejects.js';
import type { MappingDocument } from '../documents/mapping-document.js';
import { FileProof } from './file-proof.js';
import { type ColumnSpec, type RowProblem, SourceColumns } from './source-columns.js';
import type { SourceBatch, SourceFile, SourceOptions } from './source-file.js';

/** Formats whose lines are the file's own. */
const TEXTS = new Set(['delimited', 'fixed', 'ndjson']);

/**
 * A file as a layout says it looks like, or the rejected rows of one: its records are our columns
 * as canonical text. Throws LoanbookError `layout_of_another_kind` and `layout_lacks_columns` (2),
 * and as `findLayout`, `inspectPacked` and `FileProof.open` do; while its rows are read, as
 * `layoutRows` does.
 */
export async function openByLayout(
  kind: MappingDocument['kind'],
  specs: readonly ColumnSpec[],
  options: SourceOptions,
  named: string,
): Promise<SourceFile> {
  const { file, minorDigits, says, signal } = options;
  const whole = await findLayout(named);
  requireColumns(kind, specs, whole, named);
  const ofRejects = layoutOfRejects(whole);
  const isOfRejects = await isFileOfRejects(file, ofRejects.charset);
  const layout = isOfRejects ? ofRejects : whole;
  const isText = TEXTS.has(layout.format);
  const isWide = layout.charset.startsWith('utf-16');
  const kinds = isText && !isWide ? 'text' : 'any';
  const inspected = await inspectPacked(file, signal, kinds);
  const endsWithNewline = inspected.endsWithNewline || !isText || isWide;
  const content = { ...inspected, endsWithNewline };
  const { unterminated } = layout;
  const proof = await FileProof.open(content, { unterminated, minorDigits }, says);
  const header = specs.map(({ name }) => name);
  const plan = { file, header, mapping: undefined };
  return {
    content,
    header,
    plan,
    columns: new SourceColumns(file, header, specs),
    trailer: undefined,
    proof,
    rejectLines: new LayoutRejectLines(file, layout, { isOfRejects, minorDigits }),
    async *rows(ending) {
      const asked = { fields: header, minorDigits, signal: ending, isOfRejects };
      const rows = layoutRows(file, layout, asked);
      for (;;) {
        const next = await rows.next();
        if (next.done !== true) {
          yield batchOf(next.value);
          continue;
        }
        if (isWide && next.value.isUnterminated && unterminated === 'refused') {
          throw fileTruncated(file, next.value.lastLine);
        }
        return;
      }
    },
  };
}

interface Rows {
  readonly rows: readonly {
    readonly line: number;
    readonly fields: readonly string[];
    readonly problem?: LayoutProblem | undefined;
  }[];
  readonly bytesRead: number;
}

function batchOf({ rows, bytesRead }: Rows): SourceBatch {
  return {
    records: rows.map(({ fields }) => fields),
    lines: rows.map(({ line }) => line),
    bytesRead,
    hasNul: false,
    problemOf: (at) => problemOf(rows[at]?.problem),
  };
}

function problemOf(problem: LayoutProblem | undefined): RowProblem | undefined {
  if (problem === undefined) return undefined;
  const { field, rule, value } = problem;
  return { field, value, rule: importRuleOf(rule as Parameters<typeof importRuleOf>[0]) };
}

function requireColumns(
  kind: string,
  specs: readonly ColumnSpec[],
  layout: LayoutDocument,
  named: string,
): void {
  if (layout.kind !== '' && layout.kind !== kind) {
    throw new LoanbookError('layout_of_another_kind', 'The layout is of files of another kind.', {
      exitCode: EXIT.usage,
      evidence: { layout: named, kind: layout.kind, expected: kind },
      next: 'Name a layout of this kind of file, or leave `kind` out of it.',
    });
  }
  const given = new Set(layout.columns.map(({ from }) => from));
  const missing = specs.filter(({ name, required }) => required && !given.has(name));
  if (missing.length === 0) return;
  throw new LoanbookError('layout_lacks_columns', 'The layout has no column for what rows need.', {
    exitCode: EXIT.usage,
    evidence: { layout: named, missing: missing.map(({ name }) => name).join(', ') },
    next: 'Add them to its `columns`, as a column or a constant.',
  });
}
