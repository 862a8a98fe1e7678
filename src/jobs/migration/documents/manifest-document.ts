import { z } from 'zod';
import {
  decimal,
  flag,
  integer,
  listOf,
  mapping,
  oneOf,
  sha256,
  words,
} from '../../../documents/fields.js';
import { jsonSchemaOf } from '../../../documents/json-schema.js';
import { readDocumentText } from '../../../documents/read-text.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import { PART_FORMS, type PartKind, SECOND_PARTS, SET_KINDS } from '../set/file-kinds.js';

const partShape = {
  file: words().describe('Its path, seen from the folder of the manifest.'),
  layout: words().optional().describe('Path of a layout, or the name of a packaged one.'),
  rows: integer(0)
    .optional()
    .describe('Its rows, rejected ones too; only a draft may leave it out.'),
  totals: z
    .record(z.string(), decimal(), { error: 'must be a mapping' })
    .optional()
    .describe(
      'Exact sums of its columns of amounts, in the currency; that of its import at least.',
    ),
  sha256: sha256()
    .optional()
    .describe('Of the file as it is, packed or not; only a draft may leave it out.'),
};
const partSchema = mapping(partShape);

const fileSchema = mapping({
  kind: oneOf(...SET_KINDS).describe('What it holds.'),
  ...partShape,
  delta: flag()
    .optional()
    .describe('loans, balances: its rows take the place of what no close has folded.'),
  schedules: partSchema.optional().describe('loans: the file of their own schedules.'),
  installments: partSchema.optional().describe('balances: the file of their instalments.'),
});

/** Of these a file may have the changes alone. */
const DELTA_KINDS: ReadonlySet<string> = new Set(['loans', 'balances']);

const manifestSchema = mapping({
  set: words().describe('Its name.'),
  after: words()
    .optional()
    .describe('Path of the manifest of the set in whose place this one stands.'),
  files: listOf(fileSchema).meta({ minItems: 1 }).describe('The files, in any order.'),
});

export type ManifestPart = z.output<typeof partSchema>;
export type ManifestFile = z.output<typeof fileSchema>;
export type ManifestDocument = z.output<typeof manifestSchema>;

/** The JSON Schema of a manifest. */
export function manifestJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook manifest', manifestSchema);
}

/**
 * The manifest of a migration from YAML or JSON text. Of a draft rows, totals and digests may be
 * left out. Throws LoanbookError `invalid_document` (2) with all that is wrong.
 */
export function parseManifest(
  text: string,
  sourceName: string,
  { isDraft }: { readonly isDraft: boolean },
): ManifestDocument {
  const source = { name: sourceName };
  const document = checkShape(manifestSchema, readDocumentText(text, sourceName), source);
  const violations: Violation[] = [];
  if (document.files.length === 0) violations.push({ path: 'files', rule: 'must name a file' });
  for (const [at, file] of document.files.entries()) {
    const path = `files[${at}]`;
    violations.push(...partViolations(file.kind, file, path, isDraft));
    if (file.delta === true && !DELTA_KINDS.has(file.kind)) {
      violations.push({ path: `${path}.delta`, rule: 'comes with loans and balances alone' });
    }
    if (file.delta === true && document.after !== undefined) {
      violations.push({ path: `${path}.delta`, rule: 'is for a set that says no `after`' });
    }
    for (const [kind, second] of Object.entries(SECOND_PARTS)) {
      const part = file[second];
      if (part === undefined) continue;
      if (file.kind === kind) {
        violations.push(...partViolations(second, part, `${path}.${second}`, isDraft));
      } else violations.push({ path: `${path}.${second}`, rule: `comes with ${kind} alone` });
    }
  }
  refuseViolations(source, violations);
  return document;
}

function partViolations(
  kind: PartKind,
  part: ManifestPart,
  path: string,
  isDraft: boolean,
): Violation[] {
  const { amounts } = PART_FORMS[kind];
  const [main] = amounts;
  const unknown = Object.keys(part.totals ?? {}).filter((field) => !amounts.includes(field));
  const violations: Violation[] = unknown.map((field) => ({
    path: `${path}.totals.${field}`,
    rule: amounts.length === 0 ? 'has no amounts' : `must be one of ${amounts.join(', ')}`,
  }));
  if (isDraft) return violations;
  const needed = {
    rows: part.rows,
    sha256: part.sha256,
    ...(main === undefined ? {} : { [`totals.${main}`]: part.totals?.[main] }),
  };
  for (const [key, value] of Object.entries(needed)) {
    if (value === undefined) violations.push({ path: `${path}.${key}`, rule: 'is required' });
  }
  return violations;
}
