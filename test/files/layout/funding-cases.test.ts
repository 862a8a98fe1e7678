import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LoanbookError } from '../../../src/errors.js';
import { fileNameOf } from '../../../src/files/layout/file-places.js';
import { layoutOf } from '../../../src/files/layout/layout-document.js';
import { packageRoot } from '../../../src/package-root.js';
import { fileOf, readAll, sorted, written } from './layout-files.js';

interface Case {
  readonly id: string;
  readonly title: string;
  readonly input: {
    readonly kind: 'file' | 'read';
    readonly day: string;
    readonly version: number;
    readonly layout: { readonly columns: readonly { readonly from?: string }[] };
    readonly rows: readonly Readonly<Record<string, string | number>>[];
    readonly lines: readonly string[];
  };
  readonly expected: {
    readonly name: string;
    readonly lines: readonly string[];
    readonly control: { readonly name: string; readonly content: string };
    readonly rows: readonly Readonly<Record<string, string>>[];
    readonly rejected: readonly { line: number; column: string; rule: string }[];
    readonly refused: string | null;
  };
}

const text = readFileSync(join(packageRoot, 'fixtures/cases/layouts.json'), 'utf8');
const { cases } = JSON.parse(text) as { cases: readonly Case[] };

function textRow(row: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value)]));
}

describe('the worked cases of partner files', () => {
  it('are three', () => {
    expect(cases.map(({ id }) => id)).toEqual(['F-F1', 'F-F2', 'F-F3']);
  });

  for (const { id, title, input, expected } of cases.filter(
    ({ input: { kind } }) => kind === 'file',
  )) {
    it(`${id} writes, byte by byte: ${title}`, async () => {
      const layout = layoutOf(input.layout, id);
      const rows = input.rows.map(textRow);
      const values = { minorDigits: 2, date: input.day, version: input.version };
      const { bytes, done } = await written(layout, rows, values);
      expect(bytes.toString('utf8')).toBe(expected.lines.map((line) => `${line}\n`).join(''));
      expect(fileNameOf(layout, values)).toBe(expected.name);
      expect(`${expected.name}${layout.control?.suffix}`).toBe(expected.control.name);
      expect(done.control).toBe(expected.control.content);

      const fields = Object.keys(rows[0]!);
      const read = await readAll(fileOf(bytes), layout, fields);
      expect(sorted(read, fields)).toEqual({ good: rows, bad: [] });
      expect(read.end.claims).toEqual([{ by: 'head', line: 1, count: 2, total: 64181n }]);
    });
  }

  for (const { id, title, input, expected } of cases.filter(
    ({ input: { kind } }) => kind === 'read',
  )) {
    it(`${id} reads: ${title}`, async () => {
      const layout = layoutOf(input.layout, id);
      const fields = input.layout.columns.flatMap(({ from }) => from ?? []);
      const path = fileOf(input.lines.map((line) => `${line}\n`).join(''));
      const reading = readAll(path, layout, fields);
      if (expected.refused !== null) {
        const error = await reading.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(LoanbookError);
        expect((error as LoanbookError).evidence).toMatchObject({ rule: expected.refused });
        return;
      }
      expect(sorted(await reading, fields)).toEqual({
        good: expected.rows,
        bad: expected.rejected.map(({ line, column, rule }) => [line, column, rule]),
      });
    });
  }
});
