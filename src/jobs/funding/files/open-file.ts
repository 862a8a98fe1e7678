import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount, parseTotal } from '../../../accounting/money/amount-text.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { fileTruncated } from '../../../files/csv-reader.js';
import { type FileContent, inspectFile } from '../../../files/file-content.js';
import { placesInName } from '../../../files/layout/file-places.js';
import { totalForm } from '../../../files/layout/forms/column-form.js';
import { dateForm } from '../../../files/layout/forms/date-form.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import { refusalOf } from '../../../files/layout/layout-refusals.js';
import { templatePattern } from '../../../files/layout/line-template.js';
import { shownText } from '../../../files/mask.js';
import { readTextFile } from '../../../files/text-file.js';

/** A line of a partner's file that is not taken: where, our field ('': the whole line), why. */
export interface RejectedLine {
  readonly line: number;
  readonly column: string;
  readonly rule: string;
}

/** What the control file says; undefined: nothing of it. */
interface Figures {
  readonly count?: number | undefined;
  readonly total?: bigint | undefined;
  readonly date?: string | undefined;
}

export interface OpenFile {
  readonly content: FileContent;
  readonly layout: LayoutDocument;
  readonly control: Figures;
  /** The day that its name, or its control file, says. */
  readonly saidDay: EpochDay | undefined;
}

/**
 * A partner's file whose control file is there and can be read. Throws LoanbookError
 * `control_file_missing` (75: wait), `control_file_malformed`, and as `inspectFile` does.
 */
export async function openPartnerFile(
  path: string,
  layout: LayoutDocument,
  minorDigits: number,
  signal?: AbortSignal,
): Promise<OpenFile> {
  const content = await inspectFile(path, signal);
  const control = await readControl(path, layout, minorDigits);
  const said = control.date ?? placesInName(layout, path.split('/').at(-1) ?? '')?.date;
  return { content, layout, control, saidDay: said === undefined ? undefined : parseDay(said) };
}

async function readControl(
  path: string,
  layout: LayoutDocument,
  minorDigits: number,
): Promise<Figures> {
  const { control } = layout;
  if (control === undefined) return {};
  const file = path + control.suffix;
  const text = await readTextFile(file).catch((error: unknown) => {
    const isMissing = error instanceof LoanbookError && error.code === 'file_missing';
    throw isMissing ? missing(path, file) : error;
  });
  if (control.content === undefined) return {};
  const found = templatePattern(control.content).exec(text.trim())?.groups;
  const count = /^[0-9]{1,12}$/.test(found?.count ?? '') ? Number(found?.count) : undefined;
  const written = found?.total;
  const read = written === undefined ? undefined : totalForm(layout, minorDigits).read(written);
  const total = read === undefined ? undefined : parseTotal(read, minorDigits);
  const day = found?.date;
  const date = day === undefined ? undefined : dateForm(layout.date_format).read(day);
  const isBad =
    found === undefined ||
    (found.count !== undefined && count === undefined) ||
    (written !== undefined && total === undefined) ||
    (day !== undefined && date === undefined);
  if (!isBad) return { count, total, date };
  throw new LoanbookError('control_file_malformed', 'The control file cannot be read.', {
    exitCode: EXIT.failed,
    evidence: { file, expected: control.content, value: shownText(text.trim()) },
    next: 'Nothing was taken. Fetch both files again, or correct the layout.',
  });
}

/**
 * Holds what was read of a file to its control file, and to its own end. Throws LoanbookError
 * `count_differs`, `total_differs`, `file_truncated`.
 */
export function holdWhole(
  { content, control, layout }: OpenFile,
  read: { readonly rows: number; readonly total: bigint | undefined; readonly lastLine: number },
  minorDigits: number,
): void {
  const { path } = content;
  const saidBy = 'control_file';
  if (control.count !== undefined && control.count !== read.rows) {
    throw refusalOf('count_differs', path, read.lastLine, {
      ...{ saidBy, expected: control.count, actual: read.rows },
      difference: read.rows - control.count,
    });
  }
  if (control.total !== undefined && read.total !== undefined && control.total !== read.total) {
    throw refusalOf('total_differs', path, read.lastLine, {
      ...{ saidBy, expected: formatAmount(control.total, minorDigits) },
      actual: formatAmount(read.total, minorDigits),
      difference: formatAmount(read.total - control.total, minorDigits),
    });
  }
  const isProved = control.count !== undefined || layout.trailer !== undefined;
  if (!content.endsWithNewline && content.bytes > 0 && !isProved) {
    throw fileTruncated(path, read.lastLine);
  }
}

/** A file of another day than it is said to be of. Throws LoanbookError `file_of_another_day`. */
export function requireDay({ content, saidDay }: OpenFile, day: EpochDay): void {
  if (saidDay === undefined || saidDay === day) return;
  throw new LoanbookError('file_of_another_day', 'The file says that it is of another day.', {
    exitCode: EXIT.failed,
    evidence: { file: content.path, expected: formatDay(day), actual: formatDay(saidDay) },
    next: 'Nothing was taken. Name its own day with --date, or fetch the right file.',
  });
}

function missing(file: string, control: string): LoanbookError {
  return new LoanbookError('control_file_missing', 'The control file is not there yet.', {
    exitCode: EXIT.locked,
    evidence: { file, control },
    next: 'Try again when it has come: without it the file may be half of one.',
  });
}
