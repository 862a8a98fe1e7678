import { extname } from 'node:path';
import type { Command } from 'commander';
import { EXIT, LoanbookError } from '../../errors.js';
import { maskedReport } from '../../files/masked-report.js';
import { requireOtherFile, requireRegularTarget, writeWhole } from '../../files/new-file.js';
import type { Report } from '../../files/report.js';
import type { Table, TableRow } from '../../files/table.js';
import { formatOfFile, reportPieces, TABLE_FORMATS, tablesIn } from '../../files/table-file.js';
import type { CommandContext } from './context.js';
import type { Lang } from './lang/lang.js';
import { printJson, printOutcome, put } from './output.js';
import { sendOut } from './register/send-out.js';
import { screenPieces } from './report-screen.js';

export const REPORT_FORMATS = ['screen', ...TABLE_FORMATS] as const;
type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Options of every command that shows rows. */
export interface ReportFlags {
  readonly format?: string;
  readonly out?: string;
  readonly raw?: boolean;
}

export function configureReport(cmd: Command): Command {
  return cmd.option('--format <format>').option('--out <file>').option('--raw');
}

/** Where a report goes, and as what; no format: what a screen or a program is shown. */
export interface WayOut {
  readonly format?: ReportFormat;
  readonly file?: string;
  readonly raw: boolean;
}

/**
 * Looks at the flags before anything is read; `inputs` are files that the command reads. Throws
 * LoanbookError `unknown_format`, `format_differs`, `workbook_on_terminal`, `file_not_regular`,
 * `file_is_an_input` (2).
 */
export function wayOut(
  { stdout }: Pick<CommandContext, 'stdout'>,
  { format: asked, out: file, raw = false }: ReportFlags,
  ...inputs: readonly string[]
): WayOut {
  const format = asked === undefined ? undefined : formatNamed(asked);
  if (file === undefined) {
    if (format === 'xlsx' && stdout.isTTY) throw workbookOnTerminal();
    return { raw, ...(format === undefined ? {} : { format }) };
  }
  requireRegularTarget(file);
  for (const input of inputs) requireOtherFile(file, input);
  if (format !== undefined) requireEnding(file, format);
  return { file, raw, format: format ?? formatOfFile(file) };
}

/** Whether it is shown to people, or to a program by `--json`, and goes nowhere else. */
export function isForScreen({ file, format }: WayOut): boolean {
  return file === undefined && (format === undefined || format === 'screen');
}

export interface ShownAs {
  /** What `--json` prints, where it is not the report itself. */
  readonly document?: unknown;
  /** The report is shown too where a file was written: its rows can be read twice. */
  readonly isShownToo?: boolean;
}

/**
 * The one way out for what a command shows: into a file, on standard output in the format that was
 * asked for, as one JSON document, or as aligned text. Rows are streamed, a million of them too.
 */
export async function putReport(
  context: CommandContext,
  report: Report,
  way: WayOut,
  { document, isShownToo = false }: ShownAs = {},
): Promise<void> {
  const isElsewhere = way.file !== undefined || way.format !== undefined;
  if (isElsewhere) {
    const rows = await sendReport(context, report, way);
    if (way.file === undefined) return;
    if (!isShownToo) {
      printOutcome(context, { ...report.head, file: way.file, rows });
      return;
    }
  }
  if (!context.json) await toStdout(context, screenPieces(maskedReport(report), context.lang));
  else if (document === undefined) {
    await toStdout(context, reportPieces(maskedReport(report), 'json'));
  } else printJson(context.stdout, document);
}

/** Sends a report to the file, or in the format, that was asked for; how many rows it had. */
export async function sendReport(
  context: CommandContext,
  report: Report,
  { file, format = 'screen', raw }: WayOut,
): Promise<number> {
  let rows = 0;
  const count = () => {
    rows += 1;
  };
  const shown = maskedReport(report);
  const chosen = format === 'screen' ? shown.tables : tablesIn(shown, format);
  const tables = chosen.map((table) => ({ ...table, rows: counting(table.rows, count) }));
  const pieces = piecesOf({ ...shown, tables }, format, raw, context.lang);
  if (file === undefined) await toStdout(context, pieces);
  else await sendOut(context, file, (path) => writeWhole(path, pieces));
  return rows;
}

function piecesOf(report: Report, format: ReportFormat, raw: boolean, lang: Lang) {
  return format === 'screen' ? screenPieces(report, lang) : reportPieces(report, format, { raw });
}

async function* counting(rows: Table['rows'], onRow: () => void): AsyncGenerator<TableRow> {
  for await (const row of rows) {
    onRow();
    yield row;
  }
}

/** A write a row is a system call a row. */
const PIECE_CHARS = 1 << 16;

/** Text goes out in pieces of a size; what came before a failure has gone out too. */
async function toStdout(
  { stdout: stream, signal }: CommandContext,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const out = { stream, signal };
  let text = '';
  const flush = async () => {
    const ready = text;
    text = '';
    if (ready !== '') await put(out, ready);
  };
  try {
    for await (const piece of pieces) {
      if (typeof piece === 'string') text += piece;
      else await put(out, piece);
      if (text.length >= PIECE_CHARS) await flush();
    }
  } finally {
    await flush();
  }
}

function formatNamed(asked: string): ReportFormat {
  const format = REPORT_FORMATS.find((name) => name === asked);
  if (format !== undefined) return format;
  throw new LoanbookError('unknown_format', 'There is no such format.', {
    exitCode: EXIT.usage,
    evidence: { option: '--format', value: asked, known: REPORT_FORMATS.join(', ') },
    next: 'Name one of them.',
  });
}

/** A file that is called one thing and holds another would be opened wrongly. */
function requireEnding(file: string, format: ReportFormat): void {
  const ending = extname(file).slice(1).toLowerCase();
  const isOther = [...TABLE_FORMATS, 'html', 'htm'].includes(ending) && ending !== format;
  if (!isOther) return;
  throw new LoanbookError('format_differs', 'The file is called another format.', {
    exitCode: EXIT.usage,
    evidence: { format, file },
    next: 'Name the file otherwise, or leave --format away.',
  });
}

function workbookOnTerminal(): LoanbookError {
  return new LoanbookError('workbook_on_terminal', 'A workbook is nothing for a terminal.', {
    exitCode: EXIT.usage,
    evidence: { format: 'xlsx' },
    next: 'Name a file with --out, or send standard output into one.',
  });
}
