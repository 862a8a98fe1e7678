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

export const text = (value: string): Buffer => Buffer.from(value, 'utf8');
export const at = <T>(list: readonly T[], random: Random): T => list[random.below(list.length)]!;
export const splice = (from: string, index: number, put: string, drop = 0): Buffer =>
  text(from.slice(0, index) + put + from.slice(index + drop));

export function withLines(original: string, change: (lines: string[]) => string[]): Buffer {
  const lines = original.replace(/\n$/, '').split('\n');
  return text(`${change(lines).join('\n')}\n`);
}
