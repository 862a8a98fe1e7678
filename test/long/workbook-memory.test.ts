import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { xlsxBatches } from '../../src/files/formats/xlsx/xlsx-batches.js';
import type { Table, TableRow } from '../../src/files/table.js';
import { xlsx } from '../../src/files/xlsx.js';
import { workbook } from '../files/formats/made-files.js';

const MIB = 2 ** 20;
/** What reading ten times as many rows may take more. */
const MORE_MAX = 80 * MIB;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-workbook-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A workbook of ours; its texts stand in the cells. */
async function ours(rows: number): Promise<string> {
  function* made(): Generator<TableRow> {
    for (let at = 0; at < rows; at += 1) {
      const memo = `还款 ${at} ${'x'.repeat(20)}`;
      yield { no: `HT${at}`, amount: `${at}.10`, on: '2026-02-16', memo, count: at, rate: '0.18' };
    }
  }
  const kinds = {
    no: 'text',
    amount: 'amount',
    on: 'date',
    memo: 'text',
    count: 'count',
    rate: 'rate',
  };
  const columns = Object.entries(kinds).map(([key, kind]) => ({ key, title: key, kind }));
  const table = { name: 's', columns, rows: made() } as Table;
  const path = join(folder, `ours-${rows}.xlsx`);
  const file = await open(path, 'w');
  for await (const piece of xlsx([table])) await file.write(piece);
  await file.close();
  return path;
}

/** One whose texts are shared and stand behind the sheet. */
function shared(rows: number): string {
  const cells = Array.from(
    { length: rows },
    (_, at) => `<row><c t="s"><v>${at}</v></c><c><v>${at}.25</v></c></row>`,
  );
  const texts = Array.from({ length: rows }, (_, at) => `<t>text ${at} ${'y'.repeat(20)}</t>`);
  const path = join(folder, `shared-${rows}.xlsx`);
  writeFileSync(path, workbook({ sheets: { s: cells.join('') }, shared: texts }));
  return path;
}

/** Rows read, and by how much the memory of the process grew at most. */
async function reading(path: string): Promise<{ rows: number; grown: number }> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let rows = 0;
  let most = before;
  for await (const { records } of xlsxBatches(path)) {
    rows += records.length;
    most = Math.max(most, process.memoryUsage().rss);
  }
  return { rows, grown: most - before };
}

it.each([
  ['text in the cells', ours],
  ['shared text', shared],
])(
  'a workbook of 200,000 rows takes no more memory than one of 20,000: %s',
  async (_what, make) => {
    const small = await make(20_000);
    const large = await make(200_000);
    await reading(small);
    const less = await reading(small);
    const started = performance.now();
    const more = await reading(large);
    const seconds = (performance.now() - started) / 1_000;
    console.info(
      `${more.rows} rows in ${seconds.toFixed(1)} s, grown by ${Math.round(more.grown / MIB)} MiB ` +
        `(${less.rows}: ${Math.round(less.grown / MIB)} MiB)`,
    );
    expect(more.rows).toBeGreaterThanOrEqual(200_000);
    expect(more.grown - less.grown).toBeLessThan(MORE_MAX);
  },
);
