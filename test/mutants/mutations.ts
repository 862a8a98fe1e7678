import { encodeGb18030 } from '../../src/files/gb18030.js';
import { DOCUMENT_MUTATIONS } from './document-mutations.js';
import { at, type Mutation, splice, text } from './mutation.js';
import { TABLE_MUTATIONS } from './table-mutations.js';

const HUGE = 'x'.repeat(200_000);

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
  ...TABLE_MUTATIONS,
  ...DOCUMENT_MUTATIONS,
];
