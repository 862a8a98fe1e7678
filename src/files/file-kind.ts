import { EXIT, type ExitCode, LoanbookError } from '../errors.js';

/** First bytes, what a file that begins with them is, and what its user does. */
const KINDS: readonly (readonly [bytes: string, kind: string, next: string])[] = [
  ['1f8b', 'a gzip archive (.gz)', 'Unpack it with `gunzip`.'],
  ['d0cf11e0a1b11ae1', 'an old Excel workbook (.xls)', 'Save the sheet as CSV UTF-8.'],
  ['25504446', 'a PDF document', 'Ask for the data as CSV.'],
  ['425a68', 'a bzip2 archive (.bz2)', 'Unpack it with `bunzip2`.'],
  ['fd377a585a00', 'an xz archive (.xz)', 'Unpack it with `unxz`.'],
  ['28b52ffd', 'a Zstandard archive (.zst)', 'Unpack it with `unzstd`.'],
  ['377abcaf271c', 'a 7-Zip archive (.7z)', 'Unpack it.'],
  ['526172211a07', 'a RAR archive (.rar)', 'Unpack it.'],
  ['fffe', 'text in UTF-16', 'Save it as UTF-8.'],
  ['feff', 'text in UTF-16', 'Save it as UTF-8.'],
];
const ZIP = '504b0304';
/** Names that a workbook's archive begins with. */
const WORKBOOK = /\[Content_Types\]\.xml|_rels\/|docProps\/|xl\//;
/** Many a system writes its "Excel" files so. */
const MARKUP = /^(?:\ufeff)?\s*<(?:!doctype|html|\?xml|table|meta)/i;

const SHOWN_BYTES = 4096;

/**
 * Throws LoanbookError `not_text` where a file that ought to be text begins like something else,
 * whatever its name says.
 */
export function requireText(path: string, head: Buffer, exitCode: ExitCode = EXIT.failed): void {
  const found = kindOf(head.subarray(0, SHOWN_BYTES));
  if (found === undefined) return;
  const [kind, next] = found;
  throw new LoanbookError('not_text', `The file is ${kind}, no text.`, {
    exitCode,
    evidence: { file: path, kind },
    next: `${next} Nothing was taken.`,
  });
}

function kindOf(head: Buffer): readonly [kind: string, next: string] | undefined {
  const hex = head.subarray(0, 8).toString('hex');
  if (hex.startsWith(ZIP)) {
    return WORKBOOK.test(head.toString('latin1'))
      ? ['an Excel workbook (.xlsx)', 'Save the sheet as CSV UTF-8 and give that.']
      : ['a ZIP archive', 'Unpack it.'];
  }
  const found = KINDS.find(([bytes]) => hex.startsWith(bytes));
  if (found !== undefined) return [found[1], found[2]];
  if (!MARKUP.test(head.toString('utf8'))) return undefined;
  return ['an HTML or XML page', 'Save the sheet as CSV UTF-8 and give that.'];
}
