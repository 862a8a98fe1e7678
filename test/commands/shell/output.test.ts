import { hostname } from 'node:os';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parsePage } from '../../../src/commands/shell/command-page.js';
import { displayWidth } from '../../../src/commands/shell/display-width.js';
import { printJson, printRecord, printTable } from '../../../src/commands/shell/output.js';
import { startProgress } from '../../../src/commands/shell/progress.js';
import { maskTexts } from '../../../src/files/mask.js';
import { createLog } from '../../../src/log.js';

function printed(print: (out: PassThrough) => void): string {
  const out = new PassThrough();
  print(out);
  return String(out.read() ?? '');
}

describe('printTable', () => {
  it('aligns Chinese text by cells, and amounts to the right', () => {
    const rows = [
      { account: '贷款', amount: 1234567, note: null },
      { account: 'Interest', amount: 5, note: 'é' },
    ];
    const format = (fen: number) => (fen / 100).toFixed(2);
    const text = printed((out) =>
      printTable(
        out,
        [
          { key: 'account', title: '科目' },
          { key: 'amount', title: 'yuan', align: 'right', format },
          { key: 'note', title: 'note' },
        ],
        rows,
      ),
    );
    expect(text.split('\n')).toEqual([
      '科目          yuan  note',
      '--------  --------  ----',
      '贷款      12345.67',
      'Interest      0.05  é',
      '',
    ]);
  });

  it('prints the titles of an empty table', () => {
    const text = printed((out) => printTable<{ a: string }>(out, [{ key: 'a', title: 'A' }], []));
    expect(text).toBe('A\n-\n');
  });
});

it.each([
  ['abc', 3],
  ['贷款（元）', 10],
  ['e\u0301', 1],
  ['𠮷', 2],
])('%s takes %i cells', (text, cells) => expect(displayWidth(text)).toBe(cells));

it('printRecord leaves out what is undefined', () => {
  const text = printed((out) => printRecord(out, { a: 1, longer: undefined, bcd: null, 名: true }));
  expect(text).toBe('a    1\nbcd\n名   true\n');
});

it('printJson keeps a BigInt exact', () => {
  const text = printed((out) => printJson(out, { a: 5n, b: 2n ** 60n }));
  expect(JSON.parse(text)).toEqual({ a: 5, b: '1152921504606846976' });
});

describe('progress', () => {
  const plan = { label: 'eod 2026-01-31', total: 1000, unit: 'loans' };

  /** Two steps of 250, a second each, at a fixed clock. */
  function run(isTTY: boolean, quiet: boolean): string {
    const stderr = Object.assign(new PassThrough(), { isTTY });
    let nowMs = 1_000_000;
    const log = () => createLog(stderr, { mask: maskTexts });
    const progress = startProgress(plan, { stderr, quiet, log, now: () => nowMs });
    for (const _step of [1, 2]) {
      nowMs += 1000;
      progress.advance(250);
    }
    progress.finish();
    progress.finish();
    return String(stderr.read() ?? '');
  }

  it('is a bar with its end on a terminal, and goes away', () => {
    const text = run(true, false);
    expect(text).toMatch(
      /\[#{12}\.{12}\] 50% 500\/1,000 loans, 250\/s, ends \d\d:\d\d:\d\d \(2 s\)/,
    );
    expect(text.endsWith('\r\x1b[K')).toBe(true);
  });

  it('is a structured line elsewhere', () => {
    const lines = run(false, false).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ task: plan.label, done: 500, total: 1000, perSecond: 250 }),
    ]);
  });

  it.each([true, false])('is nothing when quiet, terminal %s', (isTTY) => {
    expect(run(isTTY, true)).toBe('');
  });
});

describe('the log', () => {
  it.each([true, false])('names no number of a person, terminal %s', (isTTY) => {
    const text = printed((out) => {
      const log = createLog(Object.assign(out, { isTTY }), { mask: maskTexts });
      // Luhn of the card, by hand: eight digits doubled give 8 + 7 x 2, the others 8: 30.
      const err = new Error('no 11010519491231002X');
      log.error(
        {
          err,
          of: ['４１１１１１１１１１１１１１１１'],
          file: { path: 'a-13800138000.csv' },
        },
        '13800138000',
      );
    });
    expect(text).toContain('1****************X');
    expect(text).toContain('411111******1111');
    expect(text.match(/138\*{6}00/g)).toHaveLength(2);
    expect(text).not.toMatch(/[0-9０-９]{11}/);
  });

  it.each([true, false])('shows no stack trace, terminal %s', (isTTY) => {
    const text = printed((out) => {
      const log = createLog(Object.assign(out, { isTTY }), { mask: maskTexts });
      log.error({ err: new TypeError('broke'), loan: 'L1' }, 'held');
    });
    expect(text).toContain('broke');
    expect(text).toContain('L1');
    expect(text).not.toMatch(/\bat .*\.ts/);
  });

  it('says in every line when, how grave, where, and what for in a child of a night', () => {
    const night = 'NIGHT/2026-03-31/close/2';
    const text = printed((out) => {
      const log = createLog(out, { mask: maskTexts, night });
      log.warn({ err: Object.assign(new Error('gone'), { code: '57P01' }), run: 7 }, 'away');
    });
    const { time, ...line } = JSON.parse(text);
    expect(time).toMatch(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$/);
    expect(line).toEqual({
      ...{ level: 'warn', host: hostname(), msg: 'away', run: 7, code: '57P01' },
      ...{ plan: 'NIGHT', date: '2026-03-31', job: 'close', attempt: 2 },
      err: { type: 'Error', message: 'gone' },
    });
  });

  it.each([undefined, '', 'NIGHT', 'NIGHT/2026-03-31/close'])('%j is no night', (night) => {
    const text = printed((out) => createLog(out, { mask: maskTexts, night }).info('a'));
    expect(Object.keys(JSON.parse(text))).toEqual(['level', 'time', 'host', 'msg']);
  });

  it.each([
    [{ quiet: true }, ['warn']],
    [{ level: 'debug' }, ['debug', 'info', 'warn']],
    [{ level: 'nonsense' }, ['info', 'warn']],
    [{ quiet: true, level: 'silent' }, []],
  ])('%j lets through %j', (options, levels) => {
    const text = printed((out) => {
      const log = createLog(out, { ...options, mask: maskTexts });
      log.debug('a');
      log.info('b');
      log.warn('c');
    });
    const lines = text.split('\n').filter((line) => line !== '');
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(levels);
  });
});

it('parsePage reads every section', () => {
  const page = parsePage(
    '# loanbook x y\n\n`loanbook x y [options]`\n\nDoes\nthis.\n\nAnd:\n- a\n- b\n\n' +
      '## Arguments\n\n| argument | meaning |\n|---|---|\n| `<b>` | a b |\n\n' +
      '## Options\n\n| option | meaning |\n|---|---|\n| `--a <x\\|y>` | the `a` |\n\n' +
      '## Examples\n\n```sh\nloanbook x y\n\nloanbook x y --a x\n```\n\n' +
      '## Exit codes\n\n| code | when |\n|---|---|\n| 0 | done |\n',
  );
  expect(page).toEqual({
    title: 'loanbook x y',
    synopsis: 'loanbook x y [options]',
    description: 'Does this.\n\nAnd:\n- a\n- b',
    arguments: [{ term: '<b>', meaning: 'a b' }],
    options: [{ term: '--a <x|y>', meaning: 'the `a`' }],
    examples: ['loanbook x y', 'loanbook x y --a x'],
    exitCodes: [{ term: '0', meaning: 'done' }],
  });
});
