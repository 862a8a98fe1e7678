import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { layoutOf, parseLayout } from '../../src/files/layout/layout-document.js';
import { importRuleOf, LAYOUT_RULES, REFUSALS } from '../../src/files/layout/layout-rule-names.js';
import { layoutSchema } from '../../src/files/layout/layout-schema.js';
import { packageRoot } from '../../src/package-root.js';
import { fileOf, readAll } from '../files/layout/layout-files.js';

const PAGE = readFileSync(join(packageRoot, 'docs/layouts.md'), 'utf8');

const EXAMPLES = [
  ...PAGE.matchAll(
    /^```yaml\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```\n\n```csv\n([\s\S]*?)^```/gm,
  ),
].map(([, layout = '', file = '', read = '']) => ({ layout, file, read }));

/** Every key of a mapping, and of the mappings in it. */
function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

describe('docs/layouts.md', () => {
  for (const [at, { layout, file, read }] of EXAMPLES.entries()) {
    it(`has an example that reads so: ${at + 1}`, async () => {
      const [fields = [], ...rows] = parse(read, { bom: true }) as string[][];
      const found = await readAll(fileOf(file), parseLayout(layout, 'example'), fields);
      expect(found.rows.map(({ fields: own, problem }) => problem ?? own)).toEqual(rows);
    });
  }

  it('has an example for every key that is no word of a table', () => {
    expect(EXAMPLES.length).toBeGreaterThan(7);
    const used = new Set(EXAMPLES.flatMap(({ layout }) => keysOf(parseYaml(layout))));
    const table = ['layout', 'kind', 'family', 'format', 'sheet', 'unterminated'];
    const spoken = ['charset', 'line_end', 'quoting', 'decimal', 'other_columns'];
    const keys = Object.keys(layoutSchema.shape);
    expect(keys.filter((key) => !used.has(key)).sort()).toEqual(
      [...table.filter((key) => key !== 'format'), ...spoken].sort(),
    );
    const columns = Object.keys(layoutSchema.shape.columns.element.shape);
    for (const key of [...keys, ...columns]) expect(PAGE).toContain(`\`${key}`);
  });

  it('names every rule, and what imports call it', () => {
    for (const rule of LAYOUT_RULES) {
      expect(PAGE).toContain(`| \`${rule}\` | \`${importRuleOf(rule)}\` |`);
    }
    for (const [rule, code] of Object.entries(REFUSALS)) {
      expect(PAGE).toContain(`| \`${code}\` | \`${rule}\` |`);
    }
  });

  it('lets every example be closed by end: true', () => {
    for (const { layout } of EXAMPLES) {
      expect(() => parseLayout(`${layout}end: true\n`, 'example')).not.toThrow();
      expect(() => layoutOf(parseYaml(layout), 'example')).not.toThrow();
    }
  });
});
