import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../src/commands/shell/context.js';
import { waitsOf } from '../../../src/commands/shell/wait-option.js';

describe('--wait', () => {
  const said: unknown[] = [];
  const context = (globals: { json: boolean; quiet: boolean }) =>
    ({
      ...globals,
      note: (sentence: string) => said.push(sentence),
      log: { warn: (...args: unknown[]) => said.push(args) },
    }) as unknown as CommandContext;
  const person = context({ json: false, quiet: false });

  it.each([
    [undefined, 300_000],
    ['0', 0],
    ['90', 90_000],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
  ])('%s is %s ms', (wait, waitMs) => {
    expect(waitsOf(person, { wait })).toMatchObject({ waitMs });
  });

  it.each(['', '-1', '5 m', '1d', '1.5h', 'm', '٣'])('"%s" is no duration', (wait) => {
    expect(() => waitsOf(person, { wait })).toThrow(
      expect.objectContaining({ code: 'malformed_duration', exitCode: 2 }),
    );
  });

  it('says what is waited for: in a sentence, or as a line of the log', () => {
    const waitsFor = {
      runId: 7,
      job: 'import',
      key: 'loans/ab',
      host: 'h',
      pid: '1',
      since: 'T',
    } as const;
    said.length = 0;
    waitsOf(person, {}).onWait?.(waitsFor);
    waitsOf(person, {}).onWait?.(undefined);
    waitsOf(context({ json: true, quiet: false }), {}).onWait?.(waitsFor);
    waitsOf(context({ json: false, quiet: true }), {}).onWait?.(waitsFor);
    const line = [{ waitsFor }, 'waits for another run'];
    expect(said).toEqual([
      'waiting for import loans/ab: run 7, h, process 1, since T',
      'waiting for another session of the database',
      line,
      line,
    ]);
  });
});
