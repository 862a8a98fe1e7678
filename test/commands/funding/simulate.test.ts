import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPage } from '../../../src/commands/shell/command-page.js';
import { packageRoot } from '../../../src/package-root.js';
import { workedCases } from '../../support/worked-cases.js';
import { capture } from '../shell/captured-host.js';

const CASES = workedCases('funding');

describe.skipIf(CASES.length === 0)('the worked cases', () => {
  it('come out line by line', async () => {
    const lines = CASES.map(({ input }) => `${JSON.stringify(input)}\n`);
    const stdin = Readable.from([Buffer.from(lines.join(''))]);
    const { exitCode, stdout, stderr } = await capture(['funding', 'simulate', '--lines'], {
      stdin,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers).toHaveLength(CASES.length);
    for (const [at, { id, expected }] of CASES.entries()) {
      for (const [key, value] of Object.entries(expected)) {
        if (key !== 'error') expect(answers[at]![key], `${id} ${key}`).toEqual(value);
        else {
          const { code, names } = value as { code: string; names: string };
          const message = expect.stringContaining(names);
          expect(answers[at], id).toEqual({ error: { code, message } });
        }
      }
    }
  });
});

it('runs the example of its page', async () => {
  const [line = ''] = readPage('funding simulate').examples;
  const [, ...words] = line.split(' ');
  const place = words.map((word) =>
    word.startsWith('fixtures/') ? join(packageRoot, word) : word,
  );
  const { exitCode, stdout } = await capture(place);
  expect(exitCode).toBe(0);
  // Of 475.00 the partner has 280.00 + 52.50, and pays a quarter of its interest: 13.13 (13.125).
  expect(JSON.parse(stdout)).toMatchObject({
    balances: { OWN: { principal: '1380.00' }, P1: { principal: '3220.00' } },
    payable: { P1: '319.37' },
  });
});
