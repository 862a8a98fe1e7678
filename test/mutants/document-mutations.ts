import type { Random } from '../../src/jobs/generate/random.js';
import { ABSURD, at, type Mutation, splice, text, withLines } from './mutation.js';

const TYPES = [
  '[1]',
  '{a: 1}',
  'null',
  'true',
  '"1"',
  '1',
  '[]',
  '{}',
  '!!binary aGk=',
  '2026-01-01',
];

/** Puts a value in the place of the one behind a key of a document. */
function replaceScalar(original: string, random: Random, value: string): Buffer {
  const found = [...original.matchAll(/(?<=[:[,] ?)("[^"]*"|[^\s,{}[\]"]+)/g)];
  const chosen = at(found, random);
  return splice(original, chosen.index, value, chosen[0].length);
}

export const DOCUMENT_MUTATIONS: readonly Mutation[] = [
  {
    name: 'another value',
    of: 'document',
    apply: (from, random) => replaceScalar(from, random, at(ABSURD, random)),
  },
  {
    name: 'another type',
    of: 'document',
    apply: (from, random) => replaceScalar(from, random, at(TYPES, random)),
  },
  {
    name: 'deep nesting',
    of: 'document',
    apply: (from, random) => {
      const depth = 10 ** (1 + random.below(4));
      const [open, shut] = at(
        [
          ['[', ']'],
          ['{a: ', '}'],
        ] as const,
        random,
      );
      return replaceScalar(from, random, open.repeat(depth) + shut.repeat(depth));
    },
  },
  {
    name: 'aliases',
    of: 'document',
    apply: (from, random) => {
      const bomb = Array.from({ length: 9 }, (_none, level) =>
        level === 0
          ? 'x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1]'
          : `x${level}: &x${level} [${Array(9)
              .fill(`*x${level - 1}`)
              .join(', ')}]`,
      );
      const value = at(['&a 1', '*a', '*x8', '&a [*a]'], random);
      const rest = replaceScalar(from, random, value).toString('utf8');
      return text(random.below(2) === 0 ? `${bomb.join('\n')}\n${rest}` : rest);
    },
  },
  {
    name: 'line doubled',
    of: 'document',
    apply: (from, random) =>
      withLines(from, (lines) => {
        const line = random.below(lines.length);
        return lines.toSpliced(line, 0, lines[line]!);
      }),
  },
  {
    name: 'line taken out',
    of: 'document',
    apply: (from, random) =>
      withLines(from, (lines) => lines.toSpliced(random.below(lines.length), 1)),
  },
  {
    name: 'key more',
    of: 'document',
    apply: (from, random) =>
      withLines(from, (lines) => {
        const line = random.below(lines.length);
        const indent = /^ */.exec(lines[line]!)![0];
        const key = at(['nonsense', '__proto__', 'constructor', 'toString', '<<'], random);
        return lines.toSpliced(line, 0, `${indent}${key}: 1`);
      }),
  },
  {
    name: 'indent',
    of: 'document',
    apply: (from, random) =>
      withLines(from, (lines) => {
        const line = random.below(lines.length);
        return lines.with(line, at([' ', '\t', '  '], random) + lines[line]!);
      }),
  },
];
