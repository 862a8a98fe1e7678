import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTRY } from '../../src/commands/index.js';
import { readPage } from '../../src/commands/shell/command-page.js';
import { wayOut } from '../../src/commands/shell/put-report.js';
import { packageRoot } from '../../src/package-root.js';
import { readWorkbook } from '../support/workbook.js';
import type { World } from './exit-codes/row.js';
import { Worlds } from './exit-codes/worlds.js';

const worlds = new Worlds();
const folder = mkdtempSync(join(tmpdir(), 'loanbook-reports-'));
beforeAll(async () => {
  await worlds.begin();
  // Repayments that are held would have come in by another account.
  const ledger = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
  const rule = 'on: repayment, balance: suspense, state: any, post: [{debit: 1012.02';
  const other = ledger.replace(rule, rule.replace('1012.02', '1012.01'));
  writeFileSync(join(worlds.folder, 'files/ledger-other.yaml'), other);
});
afterAll(async () => {
  await worlds.end();
  rmSync(folder, { recursive: true, force: true });
});

const DAYS = '--from 2026-02-14 --to 2026-03-02';
const QUOTE = '--periods 12 --principal 10000 --rate 0.18 --disbursed-on 2026-01-15';

/** The command, its words, the table of its CSV file, and what a screen shows in another form. */
const REPORTS: readonly (readonly [
  path: string,
  words: string,
  main: string,
  others?: readonly string[],
  world?: World,
])[] = [
  ['approve list', '--all', 'approvals'],
  ['approve show', '1', 'approval', ['approval']],
  ['audit show', '', 'rows'],
  ['backup list', '--in @backups', 'backups'],
  ['breaks list', '--all', 'breaks'],
  ['breaks show', '1', 'break', ['break']],
  ['calendar show', '', 'days', [], 'unsealed'],
  ['check', '', 'checks', ['differences'], 'tampered'],
  ['check', 'chain', 'differences', ['differences'], 'tampered'],
  ['files list', '', 'files'],
  ['files show', 'bank-2026-03-03.txt', 'file', ['file']],
  ['files tidy', '--dry-run', 'files', [], 'tampered'],
  ['files verify', '', 'differences', [], 'tampered'],
  ['funding assignment list', '', 'assignments'],
  ['funding guarantee list', '', 'guarantees'],
  ['funding limits', '', 'checks'],
  ['funding settle', '--dry-run --by 甲', 'settlements', [], 'tampered'],
  ['funding report', '', 'parties', ['guarantees']],
  ['funding show', 'CUT-1', 'shares', ['plan']],
  ['funding layout list', '', 'layouts'],
  ['gl chart explain', '6011.01', 'rules', ['account', 'tax']],
  ['gl chart show', '', 'accounts'],
  ['gl explain', '--date 2026-02-20 1', 'lines', ['voucher']],
  ['gl ledger', DAYS, 'lines'],
  ['gl period list', '', 'periods'],
  ['gl rules explain', '--date 2026-02-20 1', 'lines', ['voucher']],
  ['gl rules preview', `@ledger-other.yaml ${DAYS}`, 'changed', ['untold']],
  ['gl rules show', '', 'rules'],
  ['gl statement', `1012.02 ${DAYS}`, 'lines'],
  ['gl subledger', '', 'lines'],
  ['gl trial-balance', '', 'lines'],
  ['gl voucher list', '--all', 'vouchers'],
  ['impairment run', '--dry-run --by 甲', '分段计量', ['准备变动']],
  ['import explain', '', 'rules'],
  ['import fit', '@fit.csv', 'fit'],
  ['import list', '', 'imports'],
  ['import map', '', 'loans'],
  ['import rehearse', '@set.yaml', 'files'],
  ['import verify', '--balances @their-balances.csv', 'differences'],
  ['keys list', '', 'keys'],
  ['layout check', '@rows.yaml @rows.txt', 'first'],
  ['layout list', '', 'layouts'],
  ['loan list', '', 'loans'],
  ['loan show', 'CUT-1', 'installments', ['terms', 'party', 'position', 'held']],
  ['loan statement', 'CUT-1', 'transactions'],
  ['merchant list', '', 'merchants'],
  ['partner list', '', 'partners'],
  ['party erasures', '', 'erasures'],
  ['party list', '', 'parties'],
  ['party show', 'C1', 'party', ['party']],
  ['person list', '', 'persons', [], 'people'],
  ['night dry-run', 'NIGHT --date 2026-03-03', 'jobs', ['night']],
  ['night status', 'NIGHT', 'steps', ['night']],
  ['plan list', '', 'plans'],
  ['scheduler status', '', 'plans'],
  ['portfolio', '', 'lines'],
  ['product list', '', 'products'],
  ['funding plan list', '', 'plans'],
  ['payment query', '', 'orders'],
  ['payment status', '', 'orders'],
  ['quote', `LP ${QUOTE} --settle-on 2026-04-15`, 'schedule', ['terms', 'cost', 'settlement']],
  ['reconcile clearing', '', 'accounts'],
  ['reconcile core', '@core-other.csv --as-of 2026-03-02', 'breaks'],
  ['reconcile gl', `--from 2026-02-14 --rescan`, '总分核对', ['科目差异', '借据差异'], 'tampered'],
  ['reconcile report', '', '对账差异'],
  ['runs list', '', 'runs'],
  ['runs show', '1', 'steps', ['run', 'totals']],
];

/** Another at each run. */
const TIMED = new Set(['milliseconds']);

const HASHES = new Set(['hash', 'sha256']);

type Row = Readonly<Record<string, unknown>>;

/** A cell as text; a hash in a column of a screen is cut. */
function texts(row: Row, isScreen = false): string[] {
  return Object.entries(row).map(([key, value]) => {
    if (TIMED.has(key)) return '';
    const text = value === null ? '' : String(value);
    return isScreen && HASHES.has(key) ? text.slice(0, 12) : text;
  });
}

const withoutTimes = (rows: readonly Row[]) => rows.map((row) => texts(row));

/** Cells by column, with those empty that differ from run to run. */
function cellsOf(rows: readonly (readonly string[])[], like: readonly Row[]): string[][] {
  const [first = {}] = like;
  const keys = Object.keys(first);
  return rows.map((row) => keys.map((key, at) => (TIMED.has(key) ? '' : (row[at] ?? ''))));
}

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');

/** Lines below each rule of dashes, up to a blank one. */
function screenTables(text: string): string[][] {
  const lines = text.split('\n');
  const rules = lines.flatMap((line, at) => (/^-+( {2}-+)*$/.test(line) ? [at] : []));
  return rules.map((at) => {
    const rest = lines.slice(at + 1);
    const end = rest.indexOf('');
    return end < 0 ? rest : rest.slice(0, end);
  });
}

/** No loan of these books is guaranteed, sold, or disbursed for a merchant: test/jobs/funding. */
const ELSEWHERE = [
  ...['funding assign', 'funding claims list', 'merchant settle', 'merchant statement'],
];

const CASES = REPORTS.map(([path, line, main, others = [], world = 'book']) => ({
  path,
  line,
  main,
  others,
  world,
}));

describe.each(CASES)('loanbook $path $line', ({ path, line, main, others, world }) => {
  const file = (format: string) =>
    join(folder, `${path}-${line.length}.${format}`.replaceAll(' ', '-'));

  async function run(more: string): Promise<string> {
    const { exitCode, stdout, stderr } = await worlds.run(world, `${path} ${line} ${more}`);
    expect({ exitCode: [0, 3].includes(exitCode), stderr }).toEqual({ exitCode: true, stderr: '' });
    return stdout;
  }

  it('has the same rows and figures in every format', async () => {
    const document = JSON.parse(await run('--format json')) as Record<string, unknown>;
    const tables = Object.entries(document).filter(
      (entry): entry is [string, Row[]] => Array.isArray(entry[1]) && entry[0] !== 'notes',
    );
    const lines = tables.find(([name]) => name === main)?.[1] ?? [];
    expect(lines).not.toEqual([]);

    const [titles = [], ...csv] = parse(await run('--format csv'), { bom: true }) as string[][];
    expect(titles).toHaveLength(Object.keys(lines[0]!).length);
    const unquoted = csv.map((row) => row.map((text) => text.replace(/^'(?=[=+@-])/, '')));
    expect(cellsOf(unquoted, lines)).toEqual(withoutTimes(lines));

    await run(`--out ${file('xlsx')}`);
    const sheets = readWorkbook(file('xlsx'));
    for (const [at, [, rows]] of tables.entries()) {
      const [, ...cells] = sheets[at]!.rows;
      expect(cellsOf(cells, rows)).toEqual(withoutTimes(rows));
    }

    await run(`--format screen --out ${file('txt')}`);
    const screen = readFileSync(file('txt'), 'utf8');
    const shown = screenTables(screen);
    for (const [name, rows] of tables) {
      if (others.includes(name)) continue;
      // A table without a row may be left out.
      const found = rows.length === 0 && shown[0]?.length !== 0 ? [] : (shown.shift() ?? []);
      if (Object.keys(rows[0] ?? {}).some((key) => TIMED.has(key))) {
        expect(found).toHaveLength(rows.length);
        continue;
      }
      expect(found.map(words)).toEqual(rows.map((row) => words(texts(row, true).join(' '))));
    }
    expect(shown).toEqual([]);
    for (const [name, rows] of tables) {
      if (!others.includes(name)) continue;
      for (const text of rows.flatMap((row) => texts(row))) expect(screen).toContain(text);
    }
    // A rehearsal makes a server for each of them.
  }, 180_000);
});

describe('reports', () => {
  it('are of every command that has --format, and of no other', () => {
    const paths = REGISTRY.map(({ path }) => path).filter((path) =>
      readPage(path).options.some(({ term }) => term === '--format <format>'),
    );
    expect([...new Set(REPORTS.map(([path]) => path)), ...ELSEWHERE].sort()).toEqual(paths.sort());
  });

  it('have the same three options', async () => {
    for (const path of new Set(REPORTS.map(([each]) => each))) {
      const { command } = await REGISTRY.find((entry) => entry.path === path)!.load();
      const cmd = new Command();
      command.configure?.(cmd);
      const flags = cmd.options.map((option) => option.flags);
      expect(flags).toEqual(expect.arrayContaining(['--format <format>', '--out <file>', '--raw']));
    }
  });

  it('are the same on standard output and in a file', async () => {
    for (const format of ['json', 'csv', 'screen']) {
      const line = `gl trial-balance --format ${format}`;
      const { stdout } = await worlds.run('book', line);
      const file = join(folder, `same.${format}`);
      await worlds.run('book', `${line} --out ${file}`);
      expect(readFileSync(file, 'utf8')).toBe(stdout);
    }
  });

  it('say with --json what was written, and where', async () => {
    const file = join(folder, 'told.csv');
    const { stdout } = await worlds.run('book', `gl trial-balance --json --out ${file}`);
    expect(JSON.parse(stdout)).toEqual({
      from: '2026-03-02',
      businessDate: '2026-03-02',
      currency: 'CNY',
      balanced: 'true',
      file,
      rows: readFileSync(file, 'utf8').trimEnd().split('\n').length - 1,
    });
  });

  it.each([
    ['--format pdf', 'unknown_format'],
    ['--out a.pdf', 'unknown_format'],
    ['--format csv --out a.xlsx', 'format_differs'],
    ['--format screen --out a.html', 'format_differs'],
    ['--out .', 'file_not_regular'],
  ])('are refused with %s before anything is read: %s', async (line, code) => {
    const { exitCode, stdout, stderr } = await worlds.run('nobody', `--json runs list ${line}`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code, next: expect.any(String) } });
  });

  it('are no workbook on a terminal, but one in a pipe', () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    expect(() => wayOut({ stdout: terminal }, { format: 'xlsx' })).toThrow(
      expect.objectContaining({ code: 'workbook_on_terminal', exitCode: 2 }),
    );
    expect(wayOut({ stdout: new PassThrough() }, { format: 'xlsx' })).toEqual({
      format: 'xlsx',
      raw: false,
    });
  });

  it('do not take the place of what the command reads', async () => {
    const read = join(worlds.folder, 'files/core.csv');
    const before = readFileSync(read, 'utf8');
    const line = `reconcile core @core.csv --as-of 2026-03-02 --out ${read}`;
    const { exitCode, stderr } = await worlds.run('book', line);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is read by the same command'),
    });
    expect(readFileSync(read, 'utf8')).toBe(before);
  });
});
