import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPage } from '../../../src/commands/shell/command-page.js';
import { packageRoot } from '../../../src/package-root.js';
import { operationCases } from '../../support/operation-cases.js';
import { capture } from '../shell/captured-host.js';

interface Case {
  readonly id: string;
  readonly input: { readonly kind: string };
  readonly expected: Readonly<Record<string, unknown>>;
}
type Answer = Readonly<Record<string, unknown>>;

const CASES = operationCases<Case>('O-');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-operations-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command on these lines, from standard input. */
async function answersTo(lines: readonly string[]): Promise<Answer[]> {
  const stdin = Readable.from([Buffer.from(`${lines.join('\n')}\n`)]);
  const { exitCode, stdout, stderr } = await capture(['operations', 'simulate', '--lines'], {
    stdin,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

describe.skipIf(CASES.length === 0)('the worked cases', () => {
  it('come out line by line', async () => {
    const answers = await answersTo(CASES.map(({ input }) => JSON.stringify(input)));
    expect(answers).toHaveLength(CASES.length);
    for (const [at, { id, expected }] of CASES.entries()) {
      for (const [key, value] of Object.entries(expected)) {
        if (key === 'error') {
          const { names = '', code } = value as { code: string; names?: string };
          const error = { code, message: expect.stringContaining(names) };
          expect(answers[at], id).toEqual({ error });
          continue;
        }
        expect(answers[at]![key], `${id} ${key}`).toEqual(value);
      }
    }
  });
});

it('refuses a line and goes on, and shows no personal data', async () => {
  const mask = { kind: 'mask', items: [{ field: 'phone', value: '13800138000' }] };
  const [json, none, unknown, list, shape, good] = await answersTo([
    '{',
    '{}',
    '{"kind": "weather"}',
    '[]',
    JSON.stringify({ ...mask, more: 1, items: [{ field: 'phone', value: ['13800138000'] }] }),
    JSON.stringify(mask),
  ]);
  const error = (text: string) => ({
    error: { code: 'invalid_document', message: expect.stringContaining(text) },
  });
  expect(json).toEqual(error('standard input:1: cannot be read'));
  expect(none).toEqual(error('kind: must be one of schedule, plan, window, files, '));
  expect(unknown).toEqual(error('got weather'));
  expect(list).toEqual(error('(document): must be a mapping'));
  expect(shape).toEqual(error('items[0].value: must be text; got ["138******00"]'));
  expect(good).toEqual({ masked: ['138******00'] });
});

it('runs the example of its page', async () => {
  const [line = ''] = readPage('operations simulate').examples;
  const [, ...words] = line.split(' ');
  const place = words.map((word) =>
    word.startsWith('fixtures/') ? join(packageRoot, word) : word,
  );
  const { exitCode, stdout } = await capture(place);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ masked: ['王**', '138******00', 'paid by 138******00'] });
});

it('shows path, rule and value of a bad document, and exits 2', async () => {
  const file = join(folder, 'bad.yaml');
  writeFileSync(file, 'kind: files\nrules: []\nopen_date: 2026-13-01\nscans: []\n');
  const { exitCode, stdout, stderr } = await capture(['operations', 'simulate', file]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain('open_date: must be a date, YYYY-MM-DD; got 2026-13-01');
});

describe('the page on operations', () => {
  const page = readFileSync(join(packageRoot, 'docs/operations.md'), 'utf8');
  const examples = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) =>
    JSON.stringify(JSON.parse(text)),
  );

  it('has examples that come out', async () => {
    const [run, files, ...others] = await answersTo(examples);
    expect(others).toEqual([]);
    expect(files).toMatchObject({ files: [{ name: 'repay-20260331.csv' }] });
    // 20 s, 60 s of waiting, 600 s; of the report nothing is said, so it takes 60 s.
    expect(run).toMatchObject({
      state: 'done',
      executions: [{ from: '2026-03-31T16:30:00Z', to: '2026-03-31T16:42:20Z', exit: 0 }],
      steps: [
        {
          job: 'close',
          attempts: [{ exit: 75 }, { from: '2026-03-31T16:31:20Z', to: '2026-03-31T16:41:20Z' }],
        },
        { job: 'report', attempts: [{ from: '2026-03-31T16:41:20Z' }] },
      ],
    });
  });
});
