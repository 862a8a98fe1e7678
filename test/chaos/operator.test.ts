import { describe, expect, it } from 'vitest';
import type { EndedCommand, RunningCommand } from '../../src/chaos/command.js';
import { attend, isToRunAgain } from '../../src/chaos/operator.js';
import { parseOptions } from '../../src/chaos/options.js';

function ended(code: number | null, more: Partial<EndedCommand> = {}): EndedCommand {
  const said = { stdout: '', stderr: '', signal: null, isStuck: false, milliseconds: 1 };
  return { words: ['eod', 'run'], code, ...said, ...more };
}

const full = { stderr: '{"error":{"code":"server_out_of_resources"}}' };

describe('whoever runs the book', () => {
  it.each([
    ['held up', ended(75), 'freeze', true],
    ['interrupted', ended(130), 'sigterm', true],
    ['killed', ended(null, { signal: 'SIGKILL' }), 'kill_process', true],
    ['a full disk', ended(1, full), 'full_disk', true],
    ['a full disk that nobody filled', ended(1, full), 'kill_backend', false],
    ['a failure', ended(1), 'full_disk', false],
    ['wrong usage', ended(2), 'freeze', false],
    ['a difference', ended(3), 'freeze', false],
  ])('at %s: again or not', (_, end, kind, isAgain) => {
    expect(isToRunAgain(end, kind)).toBe(isAgain);
  });

  /** Runs through these ends, one a try. */
  async function through(...ends: readonly EndedCommand[]) {
    let at = 0;
    const again = () => {
      at += 1;
      return { ended: Promise.resolve(ends[Math.min(at, ends.length - 1)]!) } as RunningCommand;
    };
    return attend(ends[0]!, 0, 'kill_process', again);
  }

  it('tries until it is done', async () => {
    expect(await through(ended(75), ended(0))).toEqual({ tries: 2, unexpected: [] });
  });

  it('keeps what no fault may cause, also of one that was done in the end', async () => {
    const found = await through(ended(2, { stderr: 'error: no' }), ended(0));
    expect(found).toEqual({
      tries: 2,
      unexpected: [{ words: 'eod run', code: 2, says: 'error: no' }],
    });
  });

  it.each([
    ['a defect', ended(0, { stderr: '"code":"internal"' })],
    ['one that is stuck', ended(0, { isStuck: true })],
  ])('keeps %s whatever the exit code', async (_, end) => {
    expect((await through(end)).unexpected).toHaveLength(1);
  });

  it('gives up', async () => {
    expect((await through(ended(2))).unexpected).toHaveLength(2);
    expect(await through(ended(75))).toMatchObject({ tries: 12, unexpected: [{ code: 75 }] });
  });
});

describe('the options', () => {
  it('have defaults, and take lists', () => {
    expect(parseOptions(['--seed', '7', '--only', 'freeze,sigterm', '--job', 'close'])).toEqual({
      rounds: 60,
      seed: 7,
      only: ['freeze', 'sigterm'],
      jobs: ['close'],
      plan: false,
      every: false,
      json: false,
    });
    expect(parseOptions(['--help'])).toBe('help');
  });

  it.each([
    [['--rounds', '0']],
    [['--rounds', 'x']],
    [['--seed', '']],
    [['--only', 'earthquake']],
    [['--what']],
    [['--every']],
    [['--plan', '--only', 'freeze']],
  ])('refuse %s', (args) => {
    expect(() => parseOptions(args)).toThrow();
  });
});
