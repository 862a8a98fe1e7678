import { describe, expect, it } from 'vitest';
import { FUNDING_ON_PAPER } from '../../../../src/jobs/funding/simulate/simulate-funding.js';
import { workedCases } from '../../../support/worked-cases.js';

/** Holds `funding simulate` to the worked cases of a kind, key by key. */
export function holdToCases(kind: string): void {
  const cases = workedCases('funding').filter(({ input }) => input.kind === kind);
  describe.skipIf(cases.length === 0)(`worked cases of ${kind}`, () => {
    it.each(cases)('$id: $title', ({ input, expected }) => {
      const answer = answerOf(input);
      for (const [key, value] of Object.entries(expected)) {
        if (key === 'error') {
          const { code, names } = value as { code: string; names: string };
          expect(answer).toEqual({ error: { code, message: expect.stringContaining(names) } });
        } else expect(Reflect.get(answer, key), key).toEqual(value);
      }
    });
  });
}

/** What a line with this input is answered by. */
export function answerOf(input: object): Record<string, unknown> {
  const line = Buffer.from(JSON.stringify(input));
  return FUNDING_ON_PAPER.ofLine(line, 'case') as Record<string, unknown>;
}
