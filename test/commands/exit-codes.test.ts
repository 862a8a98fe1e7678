import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTRY } from '../../src/commands/index.js';
import { readPage } from '../../src/commands/shell/command-page.js';
import { BOOK_ROWS, LOAN_ROWS, NIGHT_ROWS, OPERATION_ROWS } from './exit-codes/book-rows.js';
import { FILE_ROWS } from './exit-codes/file-rows.js';
import { PARTNER_FILE_ROWS, TERMS_ROWS } from './exit-codes/funding-rows.js';
import { LEDGER_ROWS, PERIOD_ROWS, RECONCILE_ROWS } from './exit-codes/ledger-rows.js';
import { CARE_ROWS, PEOPLE_ROWS } from './exit-codes/people-rows.js';
import type { ExitRow } from './exit-codes/row.js';
import { Worlds } from './exit-codes/worlds.js';

const worlds = new Worlds();
beforeAll(() => worlds.begin());
afterAll(() => worlds.end());

/**
 * What takes long, or needs a process of its own: test/long, test/jobs/plan. Or a server whose data must survive:
 * test/commands/doctor. Backups that come about: test/jobs/backup. Loans that differ, bounds that are
 * breached: test/jobs/funding.
 */
const ELSEWHERE: readonly (readonly [path: string, code: number])[] = [
  ['db stop', 1],
  ['doctor', 0],
  ['funding limits', 3],
  ['scheduler run', 0],
  ...['run', 'verify', 'restore'].map((verb) => [`backup ${verb}`, 0] as const),
  ['backup verify', 75],
  ['backup restore', 130],
  ['funding claims list', 3],
  ['funding claims write', 3],
];

const ROWS: readonly ExitRow[] = [
  ...BOOK_ROWS,
  ...LOAN_ROWS,
  ...TERMS_ROWS,
  ...PARTNER_FILE_ROWS,
  ...OPERATION_ROWS,
  ...NIGHT_ROWS,
  ...LEDGER_ROWS,
  ...PERIOD_ROWS,
  ...RECONCILE_ROWS,
  ...PEOPLE_ROWS,
  ...FILE_ROWS,
  ...CARE_ROWS,
];

/** Codes that a page names and no row has: what happens to every command that needs the server. */
function rest(): ExitRow[] {
  return REGISTRY.flatMap(({ path }) => {
    const named = readPage(path).exitCodes.map(({ term }) => Number(term));
    const has = (code: number) =>
      [...ROWS, ...ELSEWHERE].some(([row, own]) => row === path && own === code);
    const [first] = ROWS.filter(([row, own]) => row === path && own === 0);
    const words = first?.[3] ?? '';
    const held: ExitRow[] = named.includes(75) && !has(75) ? [[path, 75, 'starting', words]] : [];
    const stop: ExitRow[] = named.includes(130) && !has(130) ? [[path, 130, 'stopped', words]] : [];
    return [...held, ...stop];
  });
}

const ALL = [...ROWS, ...rest()];

describe.each(REGISTRY)('loanbook $path', ({ path }) => {
  it('has a row for each exit code that its page names, and no other', () => {
    const named = readPage(path).exitCodes.map(({ term }) => Number(term));
    const rows = [...ALL, ...ELSEWHERE].filter(([row]) => row === path);
    const codes = [...new Set(rows.map(([, code]) => code))];
    expect(codes.sort((a, b) => a - b)).toEqual(named);
  });
});

it.each(ALL)('loanbook %s exits %d: %s %s', async (path, code, world, words) => {
  const line = `${path} ${words}`;
  const { exitCode, stdout, stderr } = await worlds.run(world, line);
  expect(exitCode, `${stdout}${stderr}`).toBe(code);
  expect(stderr).not.toMatch(/internal error|^\s+at /m);
  if (code !== 0 && code !== 3 && code !== 4) {
    expect(stderr).toMatch(/^error: /);
  }
});
