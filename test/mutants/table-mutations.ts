import type { Random } from '../../src/jobs/generate/random.js';
import { ABSURD, at, type Mutation, withLines } from './mutation.js';

/** A line behind the first one, by number. */
function someLine(lines: readonly string[], random: Random): number {
  return lines.length < 2 ? 0 : 1 + random.below(lines.length - 1);
}

function withFields(
  original: string,
  change: (fields: string[], line: number) => string[],
): Buffer {
  return withLines(original, (lines) =>
    lines.map((line, number) => change(line.split(','), number).join(',')),
  );
}

export const TABLE_MUTATIONS: readonly Mutation[] = [
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
];
