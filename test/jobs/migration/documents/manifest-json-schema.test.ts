import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  manifestJsonSchema,
  parseManifest,
} from '../../../../src/jobs/migration/documents/manifest-document.js';
import { packageRoot } from '../../../../src/package-root.js';

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
}

const schema = manifestJsonSchema() as Node;
const file = schema.properties!.files!.items!;

it('the schema that is kept is the one that is made', () => {
  const kept = readFileSync(join(packageRoot, 'config/schemas/manifest.schema.json'), 'utf8');
  // When this fails: loanbook import manifest schema > config/schemas/manifest.schema.json
  expect(kept).toBe(`${JSON.stringify(manifestJsonSchema(), null, 2)}\n`);
});

it('every key says on one line what it is for, and none takes others', () => {
  const { schedules, installments } = file.properties!;
  for (const node of [schema, file, schedules!, installments!]) {
    expect(node.additionalProperties).toBe(false);
    for (const [key, { description }] of Object.entries(node.properties!)) {
      const told = { key, description: expect.stringMatching(/^\S.*\.$/) };
      expect({ key, description }).toEqual(told);
    }
  }
});

it('needs what a draft needs', () => {
  expect(schema.required).toEqual(['set', 'files']);
  expect(file.required).toEqual(['kind', 'file']);
  const draft = 'set: S\nfiles:\n  - {kind: loans, file: a.csv}\n';
  expect(parseManifest(draft, 'm.yaml', { isDraft: true }).files).toHaveLength(1);
});

it.each([
  ['events', '', 'comes with loans and balances alone'],
  ['loans', 'after: other.yaml\n', 'is for a set that says no `after`'],
])('a delta of %s %s is refused', (kind, more, rule) => {
  const text = `set: S\n${more}files:\n  - {kind: ${kind}, file: a.csv, delta: true}\n`;
  expect(() => parseManifest(text, 'm.yaml', { isDraft: true })).toThrow(rule);
});
