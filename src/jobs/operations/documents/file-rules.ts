import type { z } from 'zod';
import type { Calendar } from '../../../accounting/calendar/calendar.js';
import { flag, integer, listOf, mapping, oneOf, words } from '../../../documents/fields.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
  type Violation,
} from '../../../documents/violations.js';
import { isDueOn, WEEKDAYS } from '../../../operations/files/due-on.js';
import { faultOfName, isUnderWay, namePattern } from '../../../operations/files/file-name.js';
import type { FileRule } from '../../../operations/files/file-row.js';
import { bookInstant, duration, wallTime } from './moments.js';

const MONTH_DAYS = 31;
const AFTER_DAYS_MAX = 7;

const dueOnSchema = mapping({
  months: listOf(integer(1, 12)).optional(),
  weekdays: listOf(oneOf(...WEEKDAYS)).optional(),
  working: flag().optional(),
  month_day: listOf(integer(-MONTH_DAYS, MONTH_DAYS)).optional(),
  working_day: listOf(integer(-MONTH_DAYS, MONTH_DAYS)).optional(),
});

const fileRuleSchema = mapping({
  file: words(),
  name: words(),
  control: words().nullable().default(null),
  settle: duration().prefault('60s'),
  by: wallTime().nullable().default(null),
  on: dueOnSchema.default({}),
  after_days: integer(0, AFTER_DAYS_MAX).default(1),
  repeats: flag().default(false),
});

/** Rules of the files that come in, in the order in which they are tried. */
export const fileRulesSchema = listOf(fileRuleSchema);
export type FileRulesDocument = z.output<typeof fileRulesSchema>;

/** What is expected in the inbox. */
const inboxSchema = mapping({ rules: fileRulesSchema });

/** The rules of an inbox document. Throws LoanbookError `invalid_document`, with paths. */
export function inboxFromValue(
  value: unknown,
  source: DocumentSource,
  calendar: Calendar,
): FileRule[] {
  const { rules } = checkShape(inboxSchema, value, source);
  return fileRules(rules, source, calendar);
}

/** Rules ready for use; `by` in the book's time zone. Throws as `inboxFromValue`. */
export function fileRules(
  documents: FileRulesDocument,
  source: DocumentSource,
  calendar: Calendar,
): FileRule[] {
  refuseViolations(
    source,
    documents.flatMap((_, at) => faultsOf(documents, at)),
  );
  return documents.map(({ file, name, control, settle, by, on, after_days, repeats }) => ({
    file,
    name: namePattern(name),
    control,
    settle,
    byOf: by === null ? null : (date) => bookInstant(date + after_days, by),
    isDueOn: (date) => isDueOn(on, calendar, date),
    repeats,
  }));
}

function faultsOf(documents: FileRulesDocument, at: number): Violation[] {
  const { file, name, control, on } = documents[at]!;
  const path = `rules[${at}]`;
  const faults: Violation[] = [];
  const add = (key: string, rule: string | undefined, value: unknown) => {
    if (rule !== undefined) faults.push({ path: `${path}.${key}`, rule, value });
  };
  const isTwice = documents.findIndex((other) => other.file === file) < at;
  add('file', isTwice ? 'is the code of an earlier rule' : undefined, file);
  add('name', faultOfName(name), name);
  if (control !== null) {
    const isUsable = !/[/\\{}]/.test(control) && !isUnderWay(`x${control}`);
    add('control', isUsable ? undefined : 'must be an ending such as .ok', control);
  }
  for (const key of ['month_day', 'working_day'] as const) {
    for (const [k, number] of (on[key] ?? []).entries()) {
      const rule = 'must count from 1, or from the end with a minus';
      add(`on.${key}[${k}]`, number === 0 ? rule : undefined, number);
    }
  }
  return faults;
}
