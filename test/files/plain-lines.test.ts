import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvBatches } from '../../src/files/csv-reader.js';
import { PlainLines } from '../../src/files/plain-lines.js';

const folder = mkdtempSync(join(tmpdir(), 'loanbook-plain-'));

async function read(bytes: Buffer): Promise<{ records: string[][]; lines: number[] }> {
  const path = join(folder, 'file.csv');
  writeFileSync(path, bytes);
  const records: string[][] = [];
  const lines: number[] = [];
  for await (const batch of csvBatches(path)) {
    records.push(...batch.records.map((record) => [...record]));
    lines.push(...batch.lines);
  }
  return { records, lines };
}

/** The same by csv-parse alone. */
function model(bytes: Buffer): string[][] {
  return parse(bytes, { bom: true, relax_column_count: true, skip_empty_lines: true });
}

function outcomeOf<T>(fn: () => T): T | 'refused' {
  try {
    return fn();
  } catch {
    return 'refused';
  }
}

describe('csvBatches without quotes', () => {
  it('reads what csv-parse reads, whatever ends the lines', async () => {
    const piece = fc.constantFrom(
      'a',
      'é',
      '贷',
      ',',
      '\n',
      '\r\n',
      '\r',
      ' ',
      '"x,\ny"',
      '""',
      '',
    );
    const byte = fc.constantFrom(Buffer.from([0xff]), Buffer.from([0xe8, 0xb4]), Buffer.from('b'));
    const text = fc.array(
      fc.oneof({ weight: 9, arbitrary: piece.map((p) => Buffer.from(p)) }, byte),
      { maxLength: 30 },
    );
    const mark = fc.constantFrom('', '\ufeff');
    await fc.assert(
      fc.asyncProperty(mark, text, async (first, pieces) => {
        const bytes = Buffer.concat([Buffer.from(first), ...pieces]);
        const expected = outcomeOf(() => model(bytes));
        const found = await read(bytes).catch(() => 'refused' as const);
        expect(found === 'refused' ? found : found.records).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('counts lines over blank ones, and goes on behind the first quote with the same count', async () => {
    const rows = Array.from({ length: 40_000 }, (_, k) => `row ${k},${k % 7 === 0 ? '\n' : ''}x`);
    const quoted = ['"two', 'lines",y', '', 'last,z'];
    const text = `${[...rows, ...quoted].join('\n')}\n`;
    const { records, lines } = await read(Buffer.from(text));
    const physical = text.split('\n');
    expect(records.length).toBe(rows.length + Math.ceil(rows.length / 7) + 2);
    for (const [at, [first = '']] of records.entries()) {
      expect(physical[lines[at]! - 1]!.replace('"', '')).toMatch(
        new RegExp(`^${first.split('\n')[0]}`),
      );
    }
    expect(records.at(-2)).toEqual(['two\nlines', 'y']);
    expect(lines.at(-1)! - lines.at(-2)!).toBe(3);
  });

  it('names the line of a stray quote far behind the plain part', async () => {
    const rows = Array.from({ length: 40_000 }, (_, k) => `${k},x`);
    const text = `${rows.join('\n')}\na"b,c\n`;
    await expect(read(Buffer.from(text))).rejects.toMatchObject({
      code: 'csv_malformed',
      evidence: { line: 40_001, rule: expect.stringContaining('at line 40001') },
    });
  });

  it('holds a part of a line over from chunk to chunk', () => {
    const plain = new PlainLines();
    expect(plain.push(Buffer.from('a,b\r\nc'))?.texts).toEqual(['a,b']);
    expect(plain.push(Buffer.from(',d\r'))).toBeUndefined();
  });
});
