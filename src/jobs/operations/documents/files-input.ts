import { z } from 'zod';
import { Calendar } from '../../../accounting/calendar/calendar.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import {
  characters,
  checkedDay,
  date,
  integer,
  listOf,
  mapping,
  oneOf,
  words,
} from '../../../documents/fields.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import type { FileRow, FileRule, Scan } from '../../../operations/files/file-row.js';
import { ruleOfName } from '../../../operations/files/file-row.js';
import { calendarFromValue } from '../../book/documents/calendar-document.js';
import { instant } from './clock-fields.js';
import { fileRules, fileRulesSchema } from './file-rules.js';

const filesSchema = mapping({
  kind: oneOf('files'),
  rules: fileRulesSchema,
  calendar: z.unknown().optional(),
  open_date: date(),
  known: listOf(mapping({ name: words(), sha256: words(), date: date() })).default([]),
  scans: listOf(
    mapping({
      at: instant(),
      files: listOf(
        mapping({
          name: words(),
          size: integer(0),
          mtime: characters(),
          sha256: words(),
          says: mapping({ size: integer(0).optional(), sha256: words().optional() }).optional(),
        }),
      ),
    }),
  ),
});
type FilesDocument = z.output<typeof filesSchema>;

export interface FilesInput {
  readonly rules: readonly FileRule[];
  readonly openDate: EpochDay;
  /** Rows of the files that were taken before. */
  readonly known: readonly FileRow[];
  readonly scans: readonly Scan[];
}

/** What `simulate` of files takes. Throws LoanbookError `invalid_document`, with paths. */
export function readFilesInput(value: unknown, name: string): FilesInput {
  const source = { name };
  const document = checkShape(filesSchema, value, source);
  const calendar =
    document.calendar === undefined || document.calendar === null
      ? Calendar.everyDayWorks
      : calendarFromValue(document.calendar, { name, path: 'calendar' }).calendar;
  const rules = fileRules(document.rules, source, calendar);
  refuseViolations(source, faultsOf(document));
  const openDate = checkedDay(document.open_date);
  return {
    rules,
    openDate,
    known: document.known.map((known) => knownRow(rules, known)),
    scans: document.scans.map(({ at, files }) => ({
      at,
      openDate,
      files: files.map(({ says = {}, ...file }) => ({ ...file, says: present(says) })),
    })),
  };
}

/** Without the keys that are left out. */
function present(says: { size?: number | undefined; sha256?: string | undefined }) {
  const { size, sha256 } = says;
  return { ...(size === undefined ? {} : { size }), ...(sha256 === undefined ? {} : { sha256 }) };
}

function knownRow(
  rules: readonly FileRule[],
  { name, sha256, date: day }: FilesDocument['known'][number],
): FileRow {
  return {
    name,
    file: ruleOfName(rules, name)?.rule.file ?? null,
    date: checkedDay(day),
    state: 'done',
    since: 0,
    size: 0,
    mtime: '',
    unchangedSince: 0,
    sha256,
    reason: null,
    of: null,
    isLate: false,
    readySha256: null,
    releasedSha256: null,
  };
}

function faultsOf({ scans }: FilesDocument): Violation[] {
  return scans.flatMap(({ at, files }, k) => {
    const faults: Violation[] = [];
    if (k > 0 && at <= scans[k - 1]!.at) {
      faults.push({ path: `scans[${k}].at`, rule: 'must be after the scan before' });
    }
    const names = new Set<string>();
    for (const [n, { name }] of files.entries()) {
      const path = `scans[${k}].files[${n}].name`;
      if (names.has(name)) faults.push({ path, rule: 'is there twice', value: name });
      names.add(name);
    }
    return faults;
  });
}
