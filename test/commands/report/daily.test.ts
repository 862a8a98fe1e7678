import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figuresSql } from '../../jobs/morning/figures-sql.js';
import { daysFrom, unrestBook } from '../../jobs/morning/morning-book.js';
import type { ScratchBook } from '../../support/scratch-book.js';
import { readWorkbook } from '../../support/workbook.js';
import { type Captured, capture } from '../shell/captured-host.js';
import { hasChromium, launchBrowser } from './browser.js';

const DAYS = daysFrom('2026-03-24', 8);
/** A month end. */
const DAY = '2026-03-31';
const ENTITY = '<b>=1+1</b>&"x"';

interface Document {
  readonly businessDate: string;
  readonly red: string;
  readonly figures: readonly Row[];
  readonly [table: string]: unknown;
}
type Row = Readonly<Record<string, string | number | null>>;

let book: ScratchBook;
let folder: string;
let browser: Browser;
let loanbook: (...args: string[]) => Promise<Captured>;
beforeAll(async () => {
  book = await unrestBook(5, 60, DAYS, { entity: ENTITY, prefix: 'L-' });
  folder = mkdtempSync(join(tmpdir(), 'loanbook-morning-'));
  const { host, port, user, password, database } = book.database.target;
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
  loanbook = (...args) => capture(args, { env: { ...env, PGPASSWORD: password } });
  if (hasChromium) browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await book?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function written(language: string): Promise<{ html: string; xlsx: string; json: string }> {
  // It is made.
  const into = join(folder, language);
  const args = ['--date', DAY, '--out', into, '--format', 'html,xlsx,json', '--lang', language];
  const { exitCode, stderr } = await loanbook('report', 'daily', ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const file = (format: string) => join(into, `morning-${DAY}.${format}`);
  return { html: file('html'), xlsx: file('xlsx'), json: file('json') };
}

function documentOf(file: string): Document {
  return JSON.parse(readFileSync(file, 'utf8')) as Document;
}

/** What the page shows of a rate, an amount or a count, as a document has it. */
function plain(text: string): string | null {
  if (text === '–') return null;
  const without = text.replaceAll(',', '');
  if (!without.endsWith('%')) return without;
  const [whole = '', fraction = ''] = without.slice(0, -1).split('.');
  const sign = whole.startsWith('-') ? '-' : '';
  const digits = `${whole.replace('-', '')}${fraction}`.padStart(7, '0');
  return `${sign}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** The figures of the day by SQL alone, as a document has them. */
async function figuresBySql(): Promise<Record<string, string | null>> {
  const [row] = await book.rows(figuresSql(DAY));
  const sql = row!.figures as Record<string, number> & {
    entry: number[];
    recovery: number[];
    disbursed: number[];
    fpd: number[][];
  };
  const money = (fen: number) => (fen / 100).toFixed(2);
  const [entryDue = 0, open = 0, count = 0, late = 0] = sql.entry;
  const [before = 0, collected = 0] = sql.recovery;
  const first = Object.fromEntries(
    sql.fpd.flatMap(([days, loans = 0, bad = 0, amount = 0, all = 0]) => [
      [`fpd${days}`, rate(bad, loans)],
      [`fpd${days}_amount`, rate(amount, all)],
    ]),
  );
  return {
    loans: String(sql.loans),
    outstanding: money(sql.outstanding!),
    disbursed_loans: String(sql.disbursed[0]),
    disbursed: money(sql.disbursed[1]!),
    repaid: money(sql.repaid!),
    due: money(sql.due!),
    entry_due: money(entryDue),
    entry_open: money(open),
    entry_rate: rate(open, entryDue),
    entry_count_rate: rate(late, count),
    overdue_before: money(before),
    collected: money(collected),
    recovery_rate: rate(collected, before),
    ...first,
    overdue_rate: rate(sql.overdue!, sql.outstanding!),
    npl: money(sql.npl!),
    npl_rate: rate(sql.npl!, sql.outstanding!),
    allowance: money(sql.allowance!),
    coverage: rate(sql.allowance!, sql.npl!),
    provision_ratio: rate(sql.allowance!, sql.outstanding!),
  };
}

/** Six decimals, half up. */
function rate(part: number, whole: number): string | null {
  if (whole === 0) return null;
  const millionths = (BigInt(part) * 2_000_000n + BigInt(whole)) / (2n * BigInt(whole));
  const digits = String(millionths).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

describe.each(['zh', 'en'])('the morning in %s', (language) => {
  let files: { html: string; xlsx: string; json: string };
  let page: Page;
  const told: string[] = [];
  beforeAll(async () => {
    files = await written(language);
    if (!hasChromium) return;
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('console', (message) => told.push(message.text()));
    page.on('pageerror', (error) => told.push(String(error)));
    page.on('request', (request) => told.push(request.url()));
    await page.goto(`file://${files.html}`);
  });

  it('has the figures of SQL in its document', async () => {
    const { figures } = documentOf(files.json);
    const shown = figures.map(({ figure, today }) => [figure, today === null ? null : `${today}`]);
    expect(Object.fromEntries(shown)).toEqual(await figuresBySql());
  });

  it('has the rows of its document in its workbook', () => {
    const found = documentOf(files.json);
    const tables = Object.values(found).filter((value): value is Row[] => Array.isArray(value));
    const sheets = readWorkbook(files.xlsx);
    expect(tables.length).toBeGreaterThan(10);
    for (const [at, rows] of tables.entries()) {
      const [, ...cells] = sheets[at]!.rows;
      const texts = rows.map((row) => Object.values(row).map((value) => `${value ?? ''}`));
      expect(cells.map((row) => [...row])).toEqual(texts.map(trimmed));
    }
  });

  describe.skipIf(!hasChromium)('in a browser', () => {
    it('asks for nothing but itself, and says nothing', () => {
      expect(told.filter((text) => !text.startsWith('data:'))).toEqual([`file://${files.html}`]);
      expect(readFileSync(files.html, 'utf8')).not.toMatch(/<script|<link[^>]+http|@import|url\(/);
      expect(statSync(files.html).size).toBeLessThan(2_000_000);
    });

    it('shows every figure as it is, with yesterday', async () => {
      const shown = await cellsOf(page, 'figures');
      const { figures } = documentOf(files.json);
      const texts = (row: Row) => ({
        ...row,
        today: row.today === null ? null : `${row.today}`,
        yesterday: row.yesterday === null ? null : `${row.yesterday}`,
      });
      const read = shown.map((row) => ({
        ...row,
        today: plain(row.today!),
        yesterday: plain(row.yesterday!),
      }));
      expect(read).toEqual(figures.map(texts));
      const tiles = await page.$$eval('.tile', (all) =>
        all.map((tile) => [tile.dataset.figure!, tile.querySelector('.v')!.textContent!]),
      );
      const bySql = await figuresBySql();
      for (const [figure = '', text = ''] of tiles) {
        expect([figure, plain(text)]).toEqual([figure, bySql[figure]]);
      }
      expect(tiles.length).toBeGreaterThan(15);
    });

    it('shows the rows of every other table', async () => {
      const found = documentOf(files.json);
      for (const [name, rows] of Object.entries(found)) {
        if (!Array.isArray(rows) || name === 'figures' || rows.length === 0) continue;
        // Nothing is red after a good night, and then there is no list of it.
        const shown = (await cellsOf(page, name)).map((row) => Object.values(row).map(plain));
        const texts = (rows as Row[]).map((row) =>
          Object.values(row).map((value) => (value === null ? null : plain(`${value}`))),
        );
        expect([name, shown]).toEqual([name, texts]);
      }
    });

    it('draws the night, the buckets, the moves and the vintage, each with its table', async () => {
      for (const name of ['night', 'bucketDays', 'moves', 'vintage']) {
        expect(
          await page.locator(`#${name} svg rect, #${name} svg circle`).count(),
        ).toBeGreaterThan(0);
        expect(await page.locator(`#${name} tbody tr`).count()).toBeGreaterThan(0);
      }
    });

    it.each([1280, 390])('fits %d pixels', async (width) => {
      await page.setViewportSize({ width, height: 900 });
      expect(await beyond(page, width)).toEqual([]);
    });

    it('prints on A4', async () => {
      const pdf = await page.pdf({ preferCSSPageSize: true });
      const boxes = [...pdf.toString('latin1').matchAll(/\/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]/g)];
      expect(boxes.length).toBeGreaterThan(0);
      for (const [, width, height] of boxes) {
        expect([width, height].map((points) => Math.round(Number(points)))).toEqual([842, 595]);
      }
      // 277 mm of 96 pixels an inch are left between the margins.
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: 1046, height: 700 });
      expect(await beyond(page, 1046)).toEqual([]);
      await page.emulateMedia({ media: 'screen' });
    });

    it('shows the name of the book as it was written', async () => {
      await expect(page.locator('header p').textContent()).resolves.toContain(ENTITY);
      expect(await page.locator('header b').count()).toBe(0);
    });
  });
});

describe('what is asked of a morning', () => {
  const asked = async (...words: string[]) => {
    const { exitCode, stdout, stderr } = await loanbook('report', 'daily', ...words, '--json');
    return { exitCode, stderr, document: stdout === '' ? undefined : JSON.parse(stdout) };
  };

  it('is red by a limit that is passed, not by one that is reached', async () => {
    const { overdue_rate: late, npl, entry_rate: entry } = await figuresBySql();
    const file = join(folder, 'limits.yaml');
    const text = [
      `{figure: overdue_rate, above: "${Number(late) / 2}"}`,
      `{figure: npl, above: "${npl}"}`,
      `{figure: entry_rate, below: "${Number(entry) + 0.1}"}`,
    ];
    writeFileSync(file, `limits: [${text.join(', ')}]\n`);
    const { document } = await asked('--date', DAY, '--limits', file);
    // In the order of the document.
    expect(document.red).toEqual([
      {
        code: 'limit:overdue_rate',
        meaning: 'a limit is passed: overdue rate',
        command: `loanbook loan list --overdue --on-book --as-of ${DAY}`,
      },
      {
        code: 'limit:entry_rate',
        meaning: 'a limit is passed: entry rate',
        command: `loanbook loan list --entered ${DAY}`,
      },
    ]);
  });

  it('runs the checks of the day again', async () => {
    const results = async (...words: string[]) => {
      const { document } = await asked('--date', DAY, ...words);
      return [...new Set((document.checks as Row[]).map(({ result }) => result))];
    };
    expect(await results()).toEqual(['held at the seal']);
    expect(await results('--check')).toEqual(['holds']);
    const change = (fen: number) =>
      book.asOwner(`UPDATE loanbook.gl_balance g SET balance = g.balance + ${fen}
        FROM loanbook.account a WHERE a.account_id = g.account_id AND a.code = '1303.01'
          AND g.business_date = '${DAY}'`);
    await change(1);
    const { document } = await asked('--date', DAY, '--check');
    await change(-1);
    const red = (document.red as Row[]).map(({ code }) => code);
    expect(red.length).toBeGreaterThan(0);
    for (const code of red) expect(code).toMatch(/^check:[a-z_]+$/);
  });

  it('has a page of the open day, which is not sealed', async () => {
    const { document } = await asked('--date', '2026-04-01');
    expect(document).toMatchObject({ sealed: false, red: [{ code: 'not_sealed' }] });
    expect((document.figures as Row[]).every(({ today }) => today === null)).toBe(true);
  });

  it.each([
    [['--date', '2026-04-02'], 'day_not_in_book'],
    [['--date', '2026-03-23'], 'day_not_in_book'],
    [['--date', '2026-02-30'], 'malformed_date'],
    [['--out', 'x', '--format', 'html,pdf'], 'unknown_format'],
    [['--limits', '/nowhere/limits.yaml'], 'file_missing'],
    [['--out', '/nowhere/at/all'], 'file_not_writable'],
  ])('refuses %j', async (words, rule) => {
    const { exitCode, stderr } = await asked(...words);
    expect({ exitCode, rule: JSON.parse(stderr).error.code }).toEqual({ exitCode: 2, rule });
  });
});

/** A row of a sheet ends with its last cell. */
function trimmed(row: readonly string[]): string[] {
  const last = row.findLastIndex((text) => text !== '');
  return row.slice(0, last + 1);
}

/** The cells of a table by their keys, as they are shown. */
function cellsOf(page: Page, table: string): Promise<Record<string, string>[]> {
  return page.$$eval(`#${table} tbody tr`, (rows) =>
    rows.map((row) =>
      Object.fromEntries(
        [...row.querySelectorAll('td')].map((cell) => [cell.dataset.k!, cell.textContent!]),
      ),
    ),
  );
}

/** Elements that reach beyond the width, or hold more than they are wide. */
function beyond(page: Page, width: number): Promise<string[]> {
  return page.$$eval(
    'body *',
    (all, most) =>
      all
        .filter((each) => each.getBoundingClientRect().right > most + 0.5)
        .map((each) => `${each.tagName} ${each.textContent?.slice(0, 40)}`),
    width,
  );
}
