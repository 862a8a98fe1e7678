import type { InputKind } from './kinds.js';

/** A change that is rightly taken although what stands then is not what the original says. */
export interface AcceptedClass {
  readonly mutation: string;
  readonly formats: readonly InputKind['format'][];
  readonly why: string;
  /** What else has to be so. That what was taken is what the file says is asked of all of them. */
  readonly when?: (bytes: Buffer) => boolean;
}

const BOTH = ['table', 'document'] as const;
const TABLE = ['table'] as const;
const DOCUMENT = ['document'] as const;

const endsWithLine = (bytes: Buffer) => bytes.length === 0 || bytes.at(-1) === 0x0a;

export const ACCEPTED: readonly AcceptedClass[] = [
  {
    mutation: 'another value',
    formats: BOTH,
    why: 'another valid figure, date or word: only who sent the file knows the right one',
  },
  {
    mutation: 'byte flipped',
    formats: BOTH,
    why: 'a digit or letter that became another one: only a total or a digest shows it',
  },
  {
    mutation: 'byte changed',
    formats: BOTH,
    why: 'the same',
  },
  {
    mutation: 'sign put in',
    formats: BOTH,
    why: 'a sign within a name, number of an order or comment, or a point within digits',
  },
  {
    mutation: 'quote',
    formats: BOTH,
    why: 'an apostrophe or backtick is a letter of a name; quotes in pairs are none',
  },
  {
    mutation: 'cut',
    formats: TABLE,
    why: 'whole lines are left: only a count, a total or a digest shows that others are gone',
    when: endsWithLine,
  },
  {
    mutation: 'cut',
    formats: DOCUMENT,
    why: 'keys that have a default are gone; `end: true` or a digest proves a document whole',
  },
  {
    mutation: 'row taken out',
    formats: TABLE,
    why: 'as a cut at the end of a line',
  },
  {
    mutation: 'row doubled',
    formats: TABLE,
    why: 'a bank may pay the same amount twice; numbers that must be unique are refused',
  },
  {
    mutation: 'rows swapped',
    formats: TABLE,
    why: 'rows have no order, unless they are instalments',
  },
  {
    mutation: 'titles swapped',
    formats: TABLE,
    why: 'the titles say which column is which, and both columns hold what fits',
  },
  {
    mutation: 'columns swapped',
    formats: TABLE,
    why: 'the same',
  },
  {
    mutation: 'column taken out',
    formats: TABLE,
    why: 'a column that may be missing has a default',
  },
  {
    mutation: 'line ends',
    formats: DOCUMENT,
    why: 'a text over several lines has one more; nothing else depends on them',
  },
  {
    mutation: 'one line end',
    formats: BOTH,
    why: 'two lines of a comment or of a text are one, or a blank line is none',
  },
  {
    mutation: 'BOM inside',
    formats: BOTH,
    why: 'an invisible sign within a name is a sign of the name',
  },
  {
    mutation: 'huge field',
    formats: BOTH,
    why: 'a comment or a name without a limit may be long',
  },
  {
    mutation: 'another type',
    formats: DOCUMENT,
    why: 'a number for a text or the reverse is read as what the key holds',
  },
  {
    mutation: 'aliases',
    formats: DOCUMENT,
    why: 'a few aliases are YAML; what they stand for is what is taken',
  },
  {
    mutation: 'line doubled',
    formats: DOCUMENT,
    why: 'an entry of a list may come twice, a comment too; keys may not',
  },
  {
    mutation: 'line taken out',
    formats: DOCUMENT,
    why: 'the key has a default, or the entry of a list is one less',
  },
  {
    mutation: 'key more',
    formats: DOCUMENT,
    why: 'where every name is a key: values of a mapping, names of columns',
  },
  {
    mutation: 'indent',
    formats: DOCUMENT,
    why: 'blanks before a line of a text or a comment say nothing',
  },
];
