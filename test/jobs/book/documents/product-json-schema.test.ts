import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseProductDocument } from '../../../../src/jobs/book/documents/product-document.js';
import { productJsonSchema } from '../../../../src/jobs/book/documents/product-json-schema.js';
import { packageRoot } from '../../../../src/package-root.js';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly anyOf?: readonly Node[];
}

const schema = productJsonSchema() as Node;

/** The mapping that a node is, or may be where it may be null as well. */
function mappingOf(node: Node): Node | undefined {
  return [node, ...(node.anyOf ?? [])].find(({ properties }) => properties !== undefined);
}

/** Every key as its path, with its node. */
function keysOf(node: Node, path = ''): [path: string, node: Node][] {
  return Object.entries(mappingOf(node)?.properties ?? {}).flatMap(([key, inner]) => [
    [`${path}${key}`, inner] as [string, Node],
    ...keysOf(inner, `${path}${key}.`),
  ]);
}

const nodes = new Map(keysOf(schema));

/** What a document is when nothing but defaults fill it. */
function filled(node: Node): unknown {
  if (node.properties === undefined || node.default === null) return node.default;
  return Object.fromEntries(
    Object.entries(node.properties)
      .map(([key, inner]) => [key, filled(inner)] as const)
      .filter(([, value]) => value !== undefined),
  );
}

test('the schema that is kept is the one that is made', () => {
  const kept = readFileSync(join(packageRoot, 'config/schemas/product.schema.json'), 'utf8');
  // When this fails: loanbook product schema > config/schemas/product.schema.json
  expect(kept).toBe(`${JSON.stringify(productJsonSchema(), null, 2)}\n`);
});

test('it names its draft', () => {
  expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
});

test('every key says on one line what it is for', () => {
  expect(nodes.size).toBeGreaterThan(60);
  for (const [path, { description }] of nodes) {
    expect({ path, description }).toEqual({ path, description: expect.stringMatching(/^\S.*\.$/) });
  }
});

test('no mapping takes other keys', () => {
  const mappings = [schema, ...nodes.values()].map(mappingOf).filter((node) => node !== undefined);
  expect(mappings.filter((node) => node.additionalProperties !== false)).toEqual([]);
});

test('its defaults are those of the validator, and all else is required or optional', () => {
  const { document } = parseProductDocument('code: P', 'p.yaml');
  const rate = { multiple: '1.5' };
  const { penalty, ...rest } = filled(schema) as { penalty: object };
  expect({ code: 'P', ...rest, penalty: { ...penalty, rate } }).toEqual(document);
  expect(nodes.get('penalty.rate')?.default).toEqual(rate);
  expect(schema.required).toEqual(['code']);
});

test.each([
  ['effective_from', { type: 'string', format: 'date', default: '2026-01-01' }],
  ['currency', { type: 'string', pattern: '^[A-Z]{3}$' }],
  ['repayment.due_day', { anyOf: [{ const: 'anchor' }, { type: 'integer', maximum: 31 }] }],
  ['interest.basis', { enum: [360, 364, 365, 'actual'], default: 360 }],
  ['penalty.grace_days', { type: 'integer', minimum: 0, maximum: 366 }],
  ['penalty.rate.annual', { type: ['string', 'number'], format: 'decimal', minimum: 0 }],
  ['prepayment.fee.min', { anyOf: [{ format: 'decimal' }, { type: 'null' }], default: null }],
])('%s', (path, expected) => {
  expect(nodes.get(path)).toMatchObject(expected);
});
