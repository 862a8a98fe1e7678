import { describe, expect, it } from 'vitest';
import { simulateFiles } from '../../../src/jobs/operations/simulate/simulate-files.js';
import { simulateMask } from '../../../src/jobs/operations/simulate/simulate-mask.js';
import { operationCases } from '../../support/operation-cases.js';

interface Case {
  readonly id: string;
  readonly input: { readonly kind: string };
  readonly expected: Readonly<Record<string, unknown>>;
}

const SIMULATED: Readonly<Record<string, (input: unknown) => object>> = {
  files: simulateFiles,
  mask: simulateMask,
};
const CASES = operationCases<Case>('O-').filter(({ input }) => input.kind in SIMULATED);

describe.skipIf(CASES.length === 0)('worked cases', () => {
  it.each(CASES)('$id', ({ input, expected }) => {
    const answer = answerOf(input);
    for (const [key, value] of Object.entries(expected)) {
      expect(answer, key).toHaveProperty(key);
      if (key === 'error') expect(answer).toMatchObject({ error: value });
      else expect(Reflect.get(answer, key), key).toEqual(value);
    }
  });
});

function answerOf(input: { readonly kind: string }): object {
  try {
    return SIMULATED[input.kind]!(input);
  } catch (error) {
    return { error };
  }
}
