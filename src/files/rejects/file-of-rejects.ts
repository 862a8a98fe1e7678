import { fileChunks } from '../file-content.js';
import { rawText } from './raw-records.js';
import { REJECTS_BEGIN } from './reject-columns.js';

const BYTE_ORDER_MARK = '\ufeff';
const MARKS = [BYTE_ORDER_MARK, Buffer.from(BYTE_ORDER_MARK).toString('latin1'), ''];
/** Room for a mark and quotes, of characters of two bytes. */
const BYTES = 4 * REJECTS_BEGIN.length;

/** Whether a file holds rejected rows. Throws as `fileChunks` does. */
export async function isFileOfRejects(path: string, charset = 'utf-8'): Promise<boolean> {
  for await (const chunk of fileChunks(path)) {
    // Half a character of two bytes is none. A spreadsheet may have put quotes around the titles.
    const bytes = chunk.subarray(0, Math.min(BYTES, chunk.length & ~1));
    const text = rawText(bytes, charset).replaceAll('"', '');
    return MARKS.some((mark) => text.startsWith(mark + REJECTS_BEGIN));
  }
  return false;
}
