import { refusedFile } from './refused-file.js';

/** What one packed file may hold: 16 GiB. */
const UNPACKED_BYTES_MAX = 16 * 2 ** 30;
/** Text of a book packs to a tenth or a thirtieth; what is made to burst packs a thousandfold. */
const RATIO_MAX = 250;
/** Below it the ratio tells nothing, and nothing can burst. */
const RATIO_FROM_BYTES = 16 * 2 ** 20;

/**
 * Throws LoanbookError `archive_too_large` where more comes out of a packed file than anybody
 * packs: over 16 GiB, or over 250 bytes for a packed one beyond the first 16 MiB.
 */
export function requireUnpackable(file: string, unpacked: number, packed: number): void {
  const ratio = unpacked > RATIO_FROM_BYTES ? Math.floor(unpacked / Math.max(packed, 1)) : 0;
  if (unpacked <= UNPACKED_BYTES_MAX && ratio <= RATIO_MAX) return;
  const isLarge = unpacked > UNPACKED_BYTES_MAX;
  const rule = isLarge ? `at most ${UNPACKED_BYTES_MAX} bytes` : `at most ${RATIO_MAX} to 1`;
  throw refusedFile(
    'archive_too_large',
    'The packed file grows beyond what a file of rows can be.',
    { file, rule, actual: isLarge ? unpacked : ratio },
    'Unpack it yourself if you trust it, and give the file in it.',
  );
}
