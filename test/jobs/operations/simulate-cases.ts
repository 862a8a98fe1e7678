import { expect, it } from 'vitest';
import { operationCases } from '../../support/operation-cases.js';

interface OperationCase {
  readonly id: string;
  readonly title: string;
  readonly input: unknown;
  readonly expected: { readonly error?: { readonly code: string; readonly names: string } };
}

/** Holds `simulate` to the worked cases of the operations whose ids begin so. */
export function holdToCases(begins: string, simulate: (input: unknown) => object): void {
  it.each(operationCases<OperationCase>(begins))('$id: $title', ({ input, expected }) => {
    const { error, ...keys } = expected;
    if (error === undefined) expect(simulate(input)).toMatchObject(keys);
    else expect(() => simulate(input)).toThrow(refusal(error.code, error.names));
  });
}

/** An error of that code, whose message holds `names`. */
export function refusal(code: string, names: string) {
  return expect.objectContaining({ code, message: expect.stringContaining(names) });
}
