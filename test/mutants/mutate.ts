import { encodeGb18030 } from '../../src/files/gb18030.js';
import type { Random } from '../../src/jobs/generate/random.js';

/** How a text is made wrong. `table` mutations know lines and fields, `document` ones keys. */
export interface Mutation {
  readonly name: string;
  readonly of: 'any' | 'table' | 'document';
  apply(original: string, random: Random): Buffer;
}

export const ABSURD: readonly string[] = [
  '0',
  '-1',
  '0.00',
  '-0.00',
  '1e3',
  '1E308',
  'NaN',
  'Infinity',
  '0x10',
  '"1,000.00"',
  '１２',
  '99999999999999999999',
  '60000000000000.00',
  '9007199254740993',
  '90071992547409.91',
  '0.000000000000000001',
  '1.005',
  '.5',
  '5.',
  '+5',
  ' 5',
  '5 ',
  '32768',
  '2026-02-30',
  '2026-13-01',
  '0000-00-00',
  '9999-12-31',
  '1900-02-29',
  '2026-2-3',
  '20260303',
  '2026-03-03T00:00:00',
  '=1+1',
  "'",
  '',
  'null',
  'true',
  '~',
  '<script>',
  '借据',
  '\u202e1',
  '../../x',
  '%s',
  '$1',
];

const text = (value: string): Buffer => Buffer.from(value, 'utf8');
const at = <T>(list: readonly T[], random: Random): T => list[random.below(list.length)]!;
const splice = (from: string, index: number, put: string, drop = 0): Buffer =>
  text(from.slice(0, index) + put + from.slice(index + drop));

/** A line behind the first one, by number. */
function someLine(lines: readonly string[], random: Random): number {
  return lines.length < 2 ? 0 : 1 + random.below(lines.length - 1);
}

function withLines(original: string, change: (lines: string[]) => string[]): Buffer {
  const lines = original.replace(/\n$/, '').split('\n');
  return text(`${change(lines).join('\n')}\n`);
}

function withFields(
  original: string,
  change: (fields: string[], line: number) => string[],
): Buffer {
  return withLines(original, (lines) =>
    lines.map((line, number) => change(line.split(','), number).join(',')),
  );
}

/** Puts a value in the place of the one behind a key of a document. */
function replaceScalar(original: string, random: Random, value: string): Buffer {
  const found = [...original.matchAll(/(?<=[:[,] ?)("[^"]*"|[^\s,{}[\]"]+)/g)];
  const chosen = at(found, random);
  return splice(original, chosen.index, value, chosen[0].length);
}

const HUGE = 'x'.repeat(200_000);
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

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'cut',
    of: 'any',
    apply: (from, random) => {
      const bytes = text(from);
      return bytes.subarray(0, random.below(bytes.length));
    },
  },
  {
    name: 'byte flipped',
    of: 'any',
    apply: (from, random) => {
      const bytes = text(from);
      bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
      return bytes;
    },
  },
  {
    name: 'byte changed',
    of: 'any',
    apply: (from, random) => {
      const bytes = text(from);
      bytes[random.below(bytes.length)] = random.below(256);
      return bytes;
    },
  },
  {
    name: 'NUL',
    of: 'any',
    apply: (from, random) => splice(from, random.below(from.length), '\0'),
  },
  { name: 'BOM in front', of: 'any', apply: (from) => text(`\ufeff${from}`) },
  {
    name: 'BOM inside',
    of: 'any',
    apply: (from, random) => splice(from, 1 + random.below(from.length - 1), '\ufeff'),
  },
  {
    name: 'another charset',
    of: 'any',
    apply: (from, random) =>
      random.below(2) === 0 ? encodeGb18030(from) : Buffer.from(`\ufeff${from}`, 'utf16le'),
  },
  {
    name: 'line ends',
    of: 'any',
    apply: (from, random) =>
      text(from.replaceAll('\n', at(['\r\n', '\r', '\n\r', '\n\n'], random))),
  },
  {
    name: 'one line end',
    of: 'any',
    apply: (from, random) => {
      const ends = [...from.matchAll(/\n/g)].map(({ index }) => index);
      return splice(from, at(ends, random), at(['\r\n', '\r', '', '\n\n', ' \n'], random), 1);
    },
  },
  {
    name: 'quote',
    of: 'any',
    apply: (from, random) => splice(from, random.below(from.length), at(['"', "'", '`'], random)),
  },
  {
    name: 'sign put in',
    of: 'any',
    apply: (from, random) =>
      splice(from, random.below(from.length), at([...' \t,;:|#-.&*!?%@\\{}[]=+'], random)),
  },
  {
    name: 'huge field',
    of: 'any',
    apply: (from, random) => splice(from, random.below(from.length), HUGE),
  },
  {
    name: 'row doubled',
    of: 'table',
    apply: (from, random) =>
      withLines(from, (lines) => {
        const line = someLine(lines, random);
        return lines.toSpliced(line, 0, lines[line]!);
      }),
  },
  {
    name: 'rows swapped',
    of: 'table',
    apply: (from, random) =>
      withLines(from, (lines) => {
        const [a, b] = [someLine(lines, random), someLine(lines, random)];
        return lines.with(a, lines[b]!).with(b, lines[a]!);
      }),
  },
  {
    name: 'row taken out',
    of: 'table',
    apply: (from, random) =>
      withLines(from, (lines) => lines.toSpliced(someLine(lines, random), 1)),
  },
  {
    name: 'titles swapped',
    of: 'table',
    apply: (from, random) =>
      withLines(from, ([titles = '', ...rows]) => {
        const names = titles.split(',');
        const [a, b] = [random.below(names.length), random.below(names.length)];
        return [names.with(a, names[b]!).with(b, names[a]!).join(','), ...rows];
      }),
  },
  {
    name: 'columns swapped',
    of: 'table',
    apply: (from, random) => {
      const [a, b] = [random.below(4), random.below(4)];
      return withFields(from, (fields) =>
        a >= fields.length || b >= fields.length
          ? fields
          : fields.with(a, fields[b]!).with(b, fields[a]!),
      );
    },
  },
  {
    name: 'column doubled',
    of: 'table',
    apply: (from, random) => {
      const column = random.below(4);
      return withFields(from, (fields) => fields.toSpliced(column, 0, fields[column] ?? ''));
    },
  },
  {
    name: 'column taken out',
    of: 'table',
    apply: (from, random) => {
      const column = random.below(8);
      return withFields(from, (fields) => fields.toSpliced(column, 1));
    },
  },
  {
    name: 'column more',
    of: 'table',
    apply: (from) => withFields(from, (fields, line) => [...fields, line === 0 ? 'more' : 'x']),
  },
  {
    name: 'field more or less',
    of: 'table',
    apply: (from, random) => {
      const chosen = random.below(4);
      const isMore = random.below(2) === 0;
      return withFields(from, (fields, line) =>
        line !== chosen ? fields : isMore ? [...fields, ''] : fields.slice(0, -1),
      );
    },
  },
  {
    name: 'another value',
    of: 'table',
    apply: (from, random) =>
      withLines(from, (lines) => {
        const line = someLine(lines, random);
        const fields = lines[line]!.split(',');
        return lines.with(
          line,
          fields.with(random.below(fields.length), at(ABSURD, random)).join(','),
        );
      }),
  },
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
