import type { z } from 'zod';
import type { Calendar } from '../../../accounting/calendar/calendar.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { flag, integer, listOf, mapping, words } from '../../../documents/fields.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
  type Violation,
} from '../../../documents/violations.js';
import type { Instant } from '../../../operations/clock/instant.js';
import { faultOfName, isUnderWay, namePattern } from '../../../operations/files/file-name.js';
import type { FileRule } from '../../../operations/files/file-row.js';
import { holdsOn } from '../../../operations/plan/condition.js';
import { BOOK_TIME_ZONE } from '../../book/today.js';
import { checkedZone, duration, wallTime } from './clock-fields.js';
import { conditionSchema, readCondition } from './condition-field.js';

const AFTER_DAYS_MAX = 7;

const fileRuleSchema = mapping({
  file: words(),
  name: words(),
  control: words().nullable().default(null),
  settle: duration().prefault('60s'),
  by: wallTime().nullable().default(null),
  on: conditionSchema.default({}),
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
  const zone = checkedZone(BOOK_TIME_ZONE);
  return documents.map(({ file, name, control, settle, by, on, after_days, repeats }) => {
    const condition = readCondition(on);
    return {
      file,
      name: namePattern(name),
      control,
      settle,
      byOf: by === null ? null : keptByDay((date) => zone.instantOf(date + after_days, by)),
      isDueOn: (date) => holdsOn(condition, date, calendar),
      repeats,
    };
  });
}

/** A zone is asked once for each date, not for each of the many files of it. */
function keptByDay(instantOf: (date: EpochDay) => Instant): (date: EpochDay) => Instant {
  const kept = new Map<EpochDay, Instant>();
  return (date) => {
    const known = kept.get(date) ?? instantOf(date);
    kept.set(date, known);
    return known;
  };
}

function faultsOf(documents: FileRulesDocument, at: number): Violation[] {
  const { file, name, control } = documents[at]!;
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
  return faults;
}
