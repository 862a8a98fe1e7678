import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseAmount } from '../../accounting/amount-text.js';
import type { Fen } from '../../accounting/units.js';
import type { ChannelDocument } from '../../documents/channel-document.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { FileContent } from '../../files/file-content.js';
import { readTextFile } from '../../files/text-file.js';

const MS_AN_HOUR = 3_600_000;

/** What a control file says of its statement; an empty one is a flag alone. */
export interface ControlFile {
  readonly path: string;
  readonly count: number | undefined;
  readonly amount: Fen | undefined;
}

/**
 * The control file of a statement: `name,rows[,total[,sha256]]`, or an empty flag. Null where the
 * channel has none. Throws LoanbookError `control_file_missing` (75: wait), `control_file_overdue`
 * (1) when the statement is older than the deadline, `control_file_malformed`,
 * `control_file_of_another` and `control_hash_differs`.
 */
export async function readControlFile(
  content: FileContent,
  { file }: ChannelDocument,
  minorDigits: number,
): Promise<ControlFile | null> {
  if (file.control === undefined) return null;
  const path = content.path + file.control.suffix;
  const text = await readTextFile(path).catch(async (error: unknown) => {
    const isMissing = error instanceof LoanbookError && error.code === 'file_missing';
    throw isMissing ? await missing(content, path, file.control!.deadline_hours) : error;
  });
  if (text.trim() === '') return { path, count: undefined, amount: undefined };
  const [name = '', rows = '', total = '', sha256 = ''] = text.trim().split(',');
  const count = parseAmount(rows, 0);
  const digits = file.amount_unit === 'minor' ? 0 : minorDigits;
  const amount = total === '' ? undefined : parseAmount(total, digits);
  if (count === undefined || (total !== '' && amount === undefined)) {
    throw refused('control_file_malformed', 'The control file cannot be read.', {
      file: path,
      line: 1,
      expected: 'name,rows[,total[,sha256]]',
      value: text.trim().slice(0, 80),
    });
  }
  if (name !== basename(content.path)) {
    throw refused('control_file_of_another', 'The control file is of another statement.', {
      file: path,
      expected: basename(content.path),
      actual: name,
    });
  }
  if (sha256 !== '' && sha256.toLowerCase() !== content.sha256) {
    throw refused('control_hash_differs', 'The statement is not the file that was sent.', {
      file: content.path,
      expected: sha256,
      actual: content.sha256,
    });
  }
  return { path, count, amount };
}

async function missing(
  content: FileContent,
  path: string,
  deadlineHours: number,
): Promise<LoanbookError> {
  const { mtimeMs } = await stat(content.path);
  const hours = Math.floor((Date.now() - mtimeMs) / MS_AN_HOUR);
  const isLate = hours >= deadlineHours;
  return new LoanbookError(
    isLate ? 'control_file_overdue' : 'control_file_missing',
    isLate ? 'The control file is overdue.' : 'The control file is not there yet.',
    {
      exitCode: isLate ? EXIT.failed : EXIT.locked,
      evidence: { file: content.path, control: path, waitedHours: hours, deadlineHours },
      next: isLate
        ? 'Ask the partner for it: without it the statement may be half of one.'
        : 'Try again when it has come.',
    },
  );
}

function refused(code: string, message: string, evidence: Record<string, string | number>) {
  return new LoanbookError(code, message, {
    exitCode: EXIT.failed,
    evidence,
    next: 'Nothing was taken. Fetch both files again.',
  });
}
