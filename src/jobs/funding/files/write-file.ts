import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { encodeText } from '../../../files/encode-text.js';
import { inspectFile } from '../../../files/file-content.js';
import { fileNameOf, filledPlaces, type PlaceValues } from '../../../files/layout/file-places.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import { layoutOpening } from '../../../files/layout/layout-writer.js';
import { NewFile, writeWhole } from '../../../files/new-file.js';
import type { FileFamily, Partner } from '../../../funding/terms/partner.js';
import { type SealedRange, sealedRange } from '../../day/sealed-range.js';
import type { PartnerLayout } from '../documents/partner-layout.js';
import { FILE_SOURCES } from './families.js';
import { beginFile, type FileRow, finishFile, lastFile, withFileLock } from './file-register.js';
import { countRows, fileRows, type WrittenRows } from './file-rows.js';
import type { FileSource } from './file-source.js';
import { layoutOfFamily, partnerOn } from './partner-terms.js';
import { plansOf } from './plans-of.js';

export interface WriteOptions {
  readonly partner: string;
  readonly day: EpochDay;
  /** Left out: every family of the partner's layouts that the book has rows of. */
  readonly family?: FileFamily | undefined;
  readonly folder: string;
  readonly by: string;
}

export interface WrittenFile {
  readonly family: FileFamily;
  readonly name: string;
  readonly version: number;
  readonly rows: number;
  /** Decimal text; null: the layout has no total. */
  readonly total: string | null;
  readonly sha256: string;
  /** `unchanged`: the last version has the very same rows. */
  readonly outcome: 'written' | 'unchanged';
}

interface Writing {
  readonly client: pg.Client;
  readonly options: WriteOptions;
  readonly range: SealedRange;
  readonly partner: Partner;
  readonly family: FileFamily;
  readonly laid: PartnerLayout;
  readonly source: FileSource;
}

/**
 * Writes the files of a partner of a sealed day: beside their names, then renamed, the control file
 * last. A file that was written is never written again: other rows are the next version. Throws
 * LoanbookError `unknown_partner`, `no_layout`, `family_not_written`, `file_occupied` (2), and as
 * `sealedRange` and `fileRows` do.
 */
export async function writePartnerFiles(
  client: pg.Client,
  options: WriteOptions,
): Promise<WrittenFile[]> {
  const { day, family } = options;
  const range = await sealedRange(client, { from: day, to: day });
  const partner = await partnerOn(client, options.partner, day);
  const families = family === undefined ? writtenFamilies(partner) : [family];
  const plans = await plansOf(client, partner.code);
  const scene = {
    ...{ partner: partner.code, day, isFirstDay: day === range.firstDay },
    plans,
  };
  const written: WrittenFile[] = [];
  for (const each of families) {
    const laid = await layoutOfFamily(client, partner, each, day);
    const source = FILE_SOURCES[each]?.(scene);
    if (source === undefined) throw notOurs(each);
    const writing = { client, options, range, partner, family: each, laid, source };
    written.push(await withFileLock(client, () => writeOne(writing)));
  }
  return written;
}

function writtenFamilies({ layouts }: Partner): FileFamily[] {
  return (Object.keys(layouts) as FileFamily[]).filter((family) => family in FILE_SOURCES);
}

async function writeOne(writing: Writing): Promise<WrittenFile> {
  const { client, options, range, laid } = writing;
  const last = await lastFile(client, 'out', options.partner, writing.family, options.day);
  if (last?.state === 'begun') {
    const gone = await goneOn(writing, last);
    if (gone !== undefined) return gone;
  }
  const before = last?.state === 'begun' ? undefined : last;
  const version = last?.state === 'begun' ? last.version : (last?.version ?? 0) + 1;
  const values = { minorDigits: range.minorDigits, date: formatDay(options.day), version };
  const name = fileNameOf(laid.layout, values) ?? '';
  const path = join(options.folder, name);
  const file = await NewFile.create(path);
  try {
    const done = await fill(writing, file, values);
    if (before !== undefined && before.rows_sha256 === done.rows.sha256) {
      await file.discard();
      return shown(writing, before, 'unchanged');
    }
    requireFree(path, laid.layout);
    const { count, total, sha256: rowsSha256 } = done.rows;
    const row = await beginFile(client, {
      ...{ direction: 'out', partner: options.partner, family: writing.family, version, name },
      ...{ business_date: values.date, layout: `${laid.code} ${laid.version}` },
      ...{ sha256: done.sha256, rows_sha256: rowsSha256, rows: count, rejected: 0 },
      ...{ total: total ?? null, by_whom: options.by },
    });
    await file.publish();
    await finish(writing, row);
    return shown(writing, row, 'written');
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** A writer was killed once the file had its name: what is left is its control file. */
async function goneOn(writing: Writing, row: FileRow): Promise<WrittenFile | undefined> {
  const path = join(writing.options.folder, row.name);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const { sha256 } = await inspectFile(path);
  if (sha256 !== row.sha256) return undefined;
  await finish(writing, row);
  return shown(writing, row, 'written');
}

async function finish({ client, laid, range, options }: Writing, row: FileRow): Promise<void> {
  const { control } = laid.layout;
  if (control !== undefined) {
    const text = filledPlaces(control.content ?? '', laid.layout, {
      ...{ minorDigits: range.minorDigits, date: formatDay(options.day), version: row.version },
      ...{ count: row.rows, total: row.total === null ? undefined : BigInt(row.total) },
    });
    await writeWhole(join(options.folder, row.name + control.suffix), [
      encodeText(text, laid.layout.charset),
    ]);
  }
  await finishFile(client, row);
}

/** Writes head, titles, rows and trailer. */
async function fill(
  { client, laid: { layout }, source, range }: Writing,
  file: NewFile,
  values: PlaceValues,
): Promise<{ readonly rows: WrittenRows; readonly sha256: string }> {
  const hash = createHash('sha256');
  const put = async (bytes: Buffer) => {
    hash.update(bytes);
    await file.write(bytes);
  };
  const { head, trailer } = layout;
  const known = saysFigures(head) ? await countRows(client, layout, source) : {};
  await put(opening({ ...layout, trailer: undefined }, { ...values, ...known }));
  const writing = fileRows(client, layout, source, range.minorDigits);
  let step = await writing.next();
  while (!step.done) {
    await put(step.value);
    step = await writing.next();
  }
  const { count, total } = step.value;
  if (trailer !== undefined) {
    const bare = { ...layout, head: undefined, titles: false, trailer: undefined };
    await put(opening({ ...bare, head: trailer }, { ...values, count, total }));
  }
  return { rows: step.value, sha256: hash.digest('hex') };
}

function saysFigures(line: LayoutDocument['head']): boolean {
  return typeof line === 'string' && /\{(count|total)(:|\})/.test(line);
}

/** The lines above the rows, as the writer of layouts has them. */
function opening(layout: LayoutDocument, values: PlaceValues): Buffer {
  const minorDigits = values.minorDigits ?? 0;
  return encodeText(layoutOpening(layout, { ...values, minorDigits }), layout.charset);
}

/** Nothing that stands there already is overwritten, by whomever it was made. */
function requireFree(path: string, { control }: LayoutDocument): void {
  const paths = control === undefined ? [path] : [path, path + control.suffix];
  const taken = paths.find((each) => lstatSync(each, { throwIfNoEntry: false }) !== undefined);
  if (taken === undefined) return;
  throw new LoanbookError('file_occupied', 'Something has the name of the file already.', {
    exitCode: EXIT.usage,
    evidence: { file: taken },
    next: 'Look at what it is, and take it away; a file that was written is never written again.',
  });
}

function notOurs(family: FileFamily): LoanbookError {
  return new LoanbookError('family_not_written', 'The book has no rows of this family.', {
    exitCode: EXIT.usage,
    evidence: { family, known: Object.keys(FILE_SOURCES).join(', ') },
    next: 'Name one of them with --family.',
  });
}

function shown(
  { range, family }: Writing,
  { name, version, rows, total, sha256 }: FileRow,
  outcome: WrittenFile['outcome'],
): WrittenFile {
  const text = total === null ? null : formatAmount(BigInt(total), range.minorDigits);
  return { family, name, version, rows, total: text, sha256, outcome };
}
