import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { layoutRows } from '../../../files/layout/layout-rows.js';
import { keptName } from '../../../files/mask.js';
import type { FileFamily } from '../../../funding/terms/partner.js';
import { openDate } from '../../book/open-day.js';
import { currencyOfBook } from '../../import/import-file.js';
import type { PartnerLayout } from '../documents/partner-layout.js';
import {
  beginFile,
  type FileOfDay,
  finishRow,
  lastFile,
  sameContent,
  withFileLock,
} from './file-register.js';
import {
  holdWhole,
  type OpenFile,
  openPartnerFile,
  type RejectedLine,
  requireDay,
} from './open-file.js';
import { layoutOfFamily, partnerOn } from './partner-terms.js';
import { requireNextVersion } from './said-version.js';

export interface ReadOptions {
  readonly file: string;
  readonly partner: string;
  readonly family: FileFamily;
  /** Left out: the day that its name or control file says. */
  readonly day?: EpochDay | undefined;
  readonly by: string;
  readonly signal?: AbortSignal;
}

export interface ReadFile {
  readonly partner: string;
  readonly family: FileFamily;
  readonly day: string;
  readonly version: number;
  readonly rows: number;
  readonly total: string | null;
  readonly rejected: number;
  /** The first of them. */
  readonly rejects: readonly RejectedLine[];
  readonly outcome: 'taken' | 'unchanged';
}

/** Lines that are shown of those that fail. */
const SHOWN = 10;

/**
 * Takes a partner's file in: whole, or nothing of it. The same content of its day again changes
 * nothing, and a version that was taken is never another one. Throws LoanbookError
 * `unknown_partner`, `no_layout`, `file_day_unknown` (2), what refuses a file (1), and
 * `control_file_missing` (75).
 */
export async function readPartnerFile(
  client: pg.Client,
  { file, partner: code, family, by, signal, ...options }: ReadOptions,
): Promise<ReadFile> {
  const { minorDigits } = await currencyOfBook(client);
  const openDay = await openDate(client);
  const partner = await partnerOn(client, code, options.day ?? openDay);
  const laid = await layoutOfFamily(client, partner, family, options.day ?? openDay);
  const open = await openPartnerFile(file, laid.layout, minorDigits, signal);
  if (options.day !== undefined) requireDay(open, options.day);
  const day = options.day ?? open.saidDay;
  if (day === undefined) throw dayUnknown(file);
  const of = { partner: code, family, day };
  return withFileLock(client, async () => {
    const same = await sameContent(client, { ...of, sha256: open.content.sha256 });
    if (same !== undefined) {
      const { version, rows, rejected, total } = same;
      const sum = total === null ? undefined : BigInt(total);
      const known = { version, rows, total: textOf(sum, minorDigits), rejected, rejects: [] };
      return { ...of, day: formatDay(day), ...known, outcome: 'unchanged' };
    }
    await requireNextVersion(client, open, of);
    const read = await readLines(open, minorDigits, signal);
    const version = await keep(client, of, { open, laid, read, by });
    const { rows, rejected, rejects } = read;
    const total = textOf(read.total, minorDigits);
    return {
      ...of,
      day: formatDay(day),
      version,
      rows,
      total,
      rejected,
      rejects,
      outcome: 'taken',
    };
  });
}

interface ReadLines {
  readonly rows: number;
  readonly total: bigint | undefined;
  readonly rejected: number;
  readonly rejects: readonly RejectedLine[];
}

/** Reads every line, and holds the file to its control file and its end. */
async function readLines(
  open: OpenFile,
  minorDigits: number,
  signal: AbortSignal | undefined,
): Promise<ReadLines> {
  const { layout, content } = open;
  const fields = [...new Set(layout.columns.flatMap(({ from }) => from ?? []))];
  const reading = layoutRows(content.path, layout, { fields, minorDigits, signal, isStrict: true });
  const rejects: RejectedLine[] = [];
  let rejected = 0;
  let step = await reading.next();
  while (!step.done) {
    for (const { line, problem } of step.value.rows) {
      if (problem === undefined) continue;
      rejected += 1;
      const { field: column, rule } = problem;
      if (rejects.length < SHOWN) rejects.push({ line, column, rule });
    }
    step = await reading.next();
  }
  const { counted: rows, total, lastLine } = step.value;
  holdWhole(open, { rows, total, lastLine }, minorDigits);
  return { rows, total, rejected, rejects };
}

interface Kept {
  readonly open: OpenFile;
  readonly laid: PartnerLayout;
  readonly read: ReadLines;
  readonly by: string;
}

/** Registers it as the next of its day; the number of it. */
async function keep(
  client: pg.Client,
  { partner, family, day }: FileOfDay,
  { open: { content }, laid, read: { rows, total, rejected }, by }: Kept,
): Promise<number> {
  const last = await lastFile(client, 'in', partner, family, day);
  const version = (last?.version ?? 0) + 1;
  const { sha256, path } = content;
  await inTransaction(client, async () => {
    const row = await beginFile(client, {
      ...{ direction: 'in', partner, family, business_date: formatDay(day), version },
      ...{ name: keptName(path), layout: `${laid.code} ${laid.version}` },
      ...{ sha256, rows_sha256: sha256, rows, rejected, total: total ?? null, by_whom: by },
    });
    await finishRow(client, row);
  });
  return version;
}

function textOf(total: bigint | undefined, minorDigits: number): string | null {
  return total === undefined ? null : formatAmount(total, minorDigits);
}

function dayUnknown(file: string): LoanbookError {
  return new LoanbookError('file_day_unknown', 'Nothing says of which day the file is.', {
    exitCode: EXIT.usage,
    evidence: { file },
    next: 'Name the day with --date.',
  });
}
