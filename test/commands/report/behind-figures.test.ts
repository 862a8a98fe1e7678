import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { behindSql } from '../../jobs/morning/figures-sql.js';
import { daysFrom, unrestBook } from '../../jobs/morning/morning-book.js';
import type { ScratchBook } from '../../support/scratch-book.js';
import { type Captured, capture } from '../shell/captured-host.js';

const DAYS = daysFrom('2026-03-20', 12);
const LAST = DAYS.at(-1)!;
/** Options whose loans are looked for, beside the moves that there are. */
const OPTIONS = [
  ...['--disbursed', '--repaid', '--due', '--last-free', '--entered', '--behind', '--collected'],
];

type Row = Readonly<Record<string, string | number | null>>;
interface Document {
  readonly figures: readonly Row[];
  readonly buckets: readonly Row[];
  readonly moves: readonly Row[];
  readonly [table: string]: unknown;
}

let book: ScratchBook;
let loanbook: (...args: string[]) => Promise<Captured>;
let document: Document;
beforeAll(async () => {
  book = await unrestBook(17, 120, DAYS);
  const { host, port, user, password, database } = book.database.target;
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
  loanbook = (...args) => capture(args, { env: { ...env, PGPASSWORD: password } });
  const { stdout } = await loanbook('report', 'daily', '--date', LAST, '--json');
  document = JSON.parse(stdout) as Document;
});
afterAll(async () => {
  await book?.remove();
});

/** A printed command, as a shell would take it apart. */
async function run(command: string): Promise<{ readonly [table: string]: Row[] }> {
  const [name, ...words] = command.split(' ');
  const { exitCode, stdout, stderr } = await loanbook(...words, '--json');
  const isRun = exitCode === 0 || exitCode === 3;
  expect([command, name, isRun, stderr]).toEqual([command, 'loanbook', true, '']);
  return JSON.parse(stdout) as { [table: string]: Row[] };
}

async function loansOf(command: string): Promise<Row[]> {
  return (await run(command)).loans!;
}

const fen = (text: unknown) => Math.round(Number(text) * 100);
const sumOf = (rows: readonly Row[], key: string) =>
  rows.reduce((sum, row) => sum + fen(row[key]), 0);

describe('loan list by figures', () => {
  it.each([DAYS[4]!, DAYS[8]!, LAST])('has the loans of SQL on %s', async (day) => {
    const expected = await book.rows(behindSql(day));
    const options = new Map(expected.map(({ option, loans }) => [option as string, loans]));
    const asked = [...OPTIONS.map((option) => `${option} ${day}`), ...options.keys()];
    for (const option of new Set(asked)) {
      const isOfDay = option.endsWith(day);
      const rows = await loansOf(`loanbook loan list ${option}${isOfDay ? '' : ` --as-of ${day}`}`);
      const found = rows.map(({ loanNo, counted, instalments }) => [
        loanNo,
        fen(counted),
        instalments,
      ]);
      expect([option, found]).toEqual([option, options.get(option) ?? []]);
    }
    expect(options.size).toBeGreaterThan(9);
  });

  it('shows loans that have left as they were last', async () => {
    const [row] = await book.rows(`SELECT count(*) AS loans FROM left_loan
      WHERE left_on <= DATE '${LAST}'`);
    expect(row!.loans).toBeGreaterThan(0);
    const decided = await loansOf(`loanbook loan list --first-decided 1 --as-of ${LAST}`);
    const settled = decided.filter(({ status }) => status === 'settled');
    expect(settled.length).toBeGreaterThan(0);
    const here = await loansOf(`loanbook loan list --as-of ${LAST}`);
    const numbers = new Set(here.map(({ loanNo }) => loanNo));
    expect(settled.some(({ loanNo }) => !numbers.has(loanNo!))).toBe(true);
  });

  it('adds other filters to it', async () => {
    const all = await loansOf(`loanbook loan list --last-free ${LAST}`);
    const some = await loansOf(`loanbook loan list --last-free ${LAST} --product R1 --overdue`);
    expect(some).toEqual(all.filter((row) => row.product === 'R1' && Number(row.daysPastDue) > 0));
    expect(all.length).toBeGreaterThan(some.length);
  });

  it.each([
    ['two figures', ['--entered', LAST, '--due', LAST], 'two_figures'],
    ['a figure of another day', ['--entered', LAST, '--as-of', DAYS[0]!], 'two_days'],
    ['days that nobody decides on', ['--first-default', '8'], 'unknown_figure_days'],
    ['a move to nowhere', ['--moved', 'M1:M9'], 'unknown_move'],
    ['a class beside known ones', ['--class', 'loss,lost'], 'unknown_class'],
  ])('refuses %s', async (_name, words, rule) => {
    const { exitCode, stderr } = await loanbook('loan', 'list', ...words, '--json');
    expect({ exitCode, rule: JSON.parse(stderr).error.code }).toEqual({ exitCode: 2, rule });
  });
});

describe('every figure of the page', () => {
  const figureRow = (key: string) => document.figures.find(({ figure }) => figure === key)!;
  const today = (key: string) => figureRow(key).today;
  const loansBehind = (key: string) => loansOf(String(figureRow(key).command));

  it.each([
    ['loans', 'outstanding', 'principal'],
    ['disbursed_loans', 'disbursed', 'counted'],
  ])('counts %s and sums %s by its command', async (count, amount, column) => {
    expect(today(count)).toBe((await loansBehind(count)).length);
    expect(fen(today(amount))).toBe(sumOf(await loansBehind(amount), column));
  });

  it.each(['repaid', 'due', 'entry_due', 'entry_open', 'overdue_before', 'collected'])(
    'sums %s by its command',
    async (key) => {
      expect(fen(today(key))).toBe(sumOf(await loansBehind(key), 'counted'));
    },
  );

  it.each([
    ['npl', 'npl', undefined],
    ['npl_rate', 'npl', 'outstanding'],
  ])('sums %s by its command', async (key, amount, whole) => {
    const sum = sumOf(await loansBehind(key), 'principal');
    expect(sum).toBe(fen(today(amount)));
    expect(sum).toBeGreaterThan(0);
    if (whole !== undefined) expect(rateText(sum, fen(today(whole)))).toBe(today(key));
  });

  it.each(['allowance', 'coverage', 'provision_ratio'])(
    'finds the allowance that is behind %s in the ledger',
    async (key) => {
      const { lines } = await run(String(figureRow(key).command));
      // A credit is negative there.
      const closing = 0 - fen(lines!.at(-1)!.balance);
      expect(closing).toBeGreaterThan(0);
      expect(fen(today('allowance'))).toBe(closing);
    },
  );

  it('makes each rate of two lists', async () => {
    const sums = async (key: string) => sumOf(await loansBehind(key), 'counted');
    expect(today('entry_rate')).toBe(rateText(await sums('entry_rate'), await sums('entry_due')));
    expect(today('recovery_rate')).toBe(
      rateText(await sums('recovery_rate'), await sums('overdue_before')),
    );
    const count = async (key: string) =>
      (await loansBehind(key)).reduce((sum, row) => sum + Number(row.instalments), 0);
    expect(today('entry_count_rate')).toBe(
      rateText(await count('entry_count_rate'), await count('entry_due')),
    );
    const overdue = sumOf(await loansBehind('overdue_rate'), 'principal');
    expect(today('overdue_rate')).toBe(rateText(overdue, fen(today('outstanding'))));
    for (const days of [1, 7, 30]) {
      const bad = await loansBehind(`fpd${days}`);
      const all = await loansOf(`loanbook loan list --first-decided ${days} --as-of ${LAST}`);
      expect(today(`fpd${days}`)).toBe(rateText(bad.length, all.length));
      expect(today(`fpd${days}_amount`)).toBe(
        rateText(sumOf(bad, 'counted'), sumOf(all, 'counted')),
      );
    }
  });

  it('finds buckets and moves by their commands', async () => {
    expect(document.buckets).toHaveLength(8);
    for (const { loans, principal, command } of document.buckets) {
      const rows = await loansOf(String(command));
      expect([command, rows.length, sumOf(rows, 'principal')]).toEqual([
        command,
        loans,
        fen(principal),
      ]);
    }
    expect(document.moves.length).toBeGreaterThan(3);
    for (const { loans, principal, command } of document.moves) {
      const rows = await loansOf(String(command));
      expect([command, rows.length, sumOf(rows, 'counted')]).toEqual([
        command,
        loans,
        fen(principal),
      ]);
    }
  });

  it('has commands in every table that a shell runs as they stand', async () => {
    const commands = Object.values(document)
      .filter((value): value is Row[] => Array.isArray(value))
      .flatMap((rows) => rows.map(({ command }) => command))
      .filter((command) => typeof command === 'string' && command !== '');
    const others = [...new Set(commands)].filter((each) => !String(each).includes(' loan list '));
    expect(others.length).toBeGreaterThan(10);
    for (const command of others) await run(String(command));
  });
});

/** Six decimals, half up; null over nothing. */
function rateText(part: number, whole: number): string | null {
  if (whole === 0) return null;
  const millionths = (BigInt(part) * 2_000_000n + BigInt(whole)) / (2n * BigInt(whole));
  const digits = String(millionths).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
