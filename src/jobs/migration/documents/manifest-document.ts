import { z } from 'zod';
import {
  decimal,
  integer,
  listOf,
  mapping,
  oneOf,
  sha256,
  words,
} from '../../../documents/fields.js';
import { readDocumentText } from '../../../documents/read-text.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import { PART_FORMS, type PartKind, SECOND_PARTS, SET_KINDS } from '../set/file-kinds.js';

const partShape = {
  file: words(),
  layout: words().optional(),
  rows: integer(0).optional(),
  totals: z.record(z.string(), decimal(), { error: 'must be a mapping' }).optional(),
  sha256: sha256().optional(),
};
const partSchema = mapping(partShape);

const fileSchema = mapping({
  kind: oneOf(...SET_KINDS),
  ...partShape,
  schedules: partSchema.optional(),
  installments: partSchema.optional(),
});

const manifestSchema = mapping({
  set: words(),
  after: words().optional(),
  files: listOf(fileSchema),
});

export type ManifestPart = z.output<typeof partSchema>;
export type ManifestFile = z.output<typeof fileSchema>;
export type ManifestDocument = z.output<typeof manifestSchema>;

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
