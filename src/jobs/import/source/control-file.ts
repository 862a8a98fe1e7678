import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseAmount, parseTotal } from '../../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { fileTruncated } from '../../../files/csv-reader.js';
import type { FileContent } from '../../../files/file-content.js';
import { shownText } from '../../../files/mask.js';
import { readTextFile } from '../../../files/text-file.js';
import type { ControlRule } from '../documents/file-rules.js';

const MS_AN_HOUR = 3_600_000;
/** The ending of a control file that nobody declared: it is read where it lies beside the file. */
const SUFFIX = '.ctl';

/** What a control file says of its file; an empty one is a flag alone. */
export interface ControlFile {
  readonly path: string;
  readonly line: number;
  readonly count: number | undefined;
  readonly amount: bigint | undefined;
  /** It holds the SHA-256 of the file, which is right. */
  readonly isHashed: boolean;
}

/** Which control file a file has: as declared, as named on the command line, or `<file>.ctl`. */
export interface ControlWanted {
  readonly rule?: ControlRule;
  readonly named?: string;
  readonly minorDigits: number;
  /** Its last line may lack a line end, as that of its file may. */
  readonly unterminated?: boolean;
}

/**
 * The control file of a file: a line `name,rows[,total[,sha256]]` for each file that it goes with,
 * below a header or not, or an empty flag. Null where there is none and none is declared. Throws
 * LoanbookError `control_file_missing` (75: wait), `control_file_overdue` (1) when it is older
 * than the deadline, `control_file_malformed`, `control_file_of_another`, `control_hash_differs`,
 * `file_truncated`.
 */
export async function readControlFile(
  content: FileContent,
  wanted: ControlWanted,
): Promise<ControlFile | null> {
  const { rule, named, minorDigits } = wanted;
  const path = named ?? content.path + (rule?.suffix ?? SUFFIX);
  const text = await readTextFile(path).catch(async (error: unknown) => {
    const isMissing = error instanceof LoanbookError && error.code === 'file_missing';
    if (!isMissing || named !== undefined) throw error;
    if (rule === undefined) return null;
    throw await missing(content, path, rule.deadline_hours);
  });
  if (text === null) return null;
  if (text.trim() === '') {
    return { path, line: 1, count: undefined, amount: undefined, isHashed: false };
  }
  const lines = text.split('\n').map((line) => line.trim());
  if (lines.at(-1) !== '' && wanted.unterminated !== true) throw fileTruncated(path, lines.length);
  const line = lineOf(lines, basename(content.path));
  const [name = '', rows = '', total = '', sha256 = ''] = fieldsOf(lines[line - 1]!);
  const count = parseAmount(rows, 0);
  const amount = total === '' ? undefined : parseTotal(total, minorDigits);
  if (count === undefined || count < 0 || (total !== '' && amount === undefined)) {
    throw refused('control_file_malformed', 'The control file cannot be read.', {
      file: path,
      line,
      expected: 'name,rows[,total[,sha256]]',
      value: shownText(lines[line - 1]!),
    });
  }
  if (name !== basename(content.path)) {
    throw refused('control_file_of_another', 'The control file is of another file.', {
      file: path,
      rule: 'name',
      expected: basename(content.path),
      actual: name,
    });
  }
  if (sha256 !== '' && sha256.toLowerCase() !== content.sha256) {
    throw refused('control_hash_differs', 'The file is not the one that was sent.', {
      file: content.path,
      rule: 'sha256',
      expected: sha256,
      actual: content.sha256,
    });
  }
  return { path, line, count, amount, isHashed: sha256 !== '' };
}

function fieldsOf(line: string): string[] {
  return line.split(',').map((field) => field.trim());
}

/** The line of a file, counted from 1; without one the first that is no header. */
function lineOf(lines: readonly string[], file: string): number {
  const own = lines.findIndex((line) => fieldsOf(line)[0] === file);
  const first = lines.findIndex((line) => line !== '' && !line.startsWith('name,rows'));
  return Math.max(own >= 0 ? own : first, 0) + 1;
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
        ? 'Ask the sender for it: without it the file may be half of one.'
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
