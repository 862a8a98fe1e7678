import { readFileSync } from 'node:fs';
import { z } from 'zod';

const file = new URL('../../../fixtures/cases/practice.json', import.meta.url);

const practiceCases = z.object({
  cases: z.array(z.object({ id: z.string(), input: z.unknown(), expected: z.unknown() })),
});

/** One worked case of practice.json, its input and expectation checked by a shape. */
export function practiceCase<I, E>(
  id: string,
  input: z.ZodType<I>,
  expected: z.ZodType<E>,
): { input: I; expected: E } {
  const { cases } = practiceCases.parse(JSON.parse(readFileSync(file, 'utf8')));
  const found = cases.find((item) => item.id === id);
  if (found === undefined) throw new Error(`practice.json holds no case ${id}`);
  return { input: input.parse(found.input), expected: expected.parse(found.expected) };
}
