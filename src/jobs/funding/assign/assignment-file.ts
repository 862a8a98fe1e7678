import { readDocumentText } from '../../../documents/read-text.js';
import { refuseViolations } from '../../../documents/violations.js';
import { csvBatches } from '../../../files/csv-reader.js';
import { readTextFile } from '../../../files/text-file.js';
import { assignmentFromValue, type CheckedAssignment } from '../documents/assignment-document.js';

const LOAN = 'loan_no';

/**
 * A list of loans that changes hands, from YAML or JSON, or from CSV: a line a loan, whose other
 * columns are keys of the document and say the same on every line, or nothing behind the first.
 * Throws LoanbookError `invalid_document` (2), and as the readers do.
 */
export async function readAssignment(path: string): Promise<CheckedAssignment> {
  if (/\.csv$/i.test(path)) return assignmentFromValue(await valueOfCsv(path), path);
  return assignmentFromValue(readDocumentText(await readTextFile(path), path), path);
}

async function valueOfCsv(path: string): Promise<object> {
  let titles: readonly string[] | undefined;
  const terms = new Map<string, string>();
  const loans: string[] = [];
  for await (const { records, lines } of csvBatches(path)) {
    for (const [at, record] of records.entries()) {
      if (titles === undefined) titles = titlesOf(path, record);
      else takeLine(path, { titles, record, line: lines[at]! }, terms, loans);
    }
  }
  return { ...Object.fromEntries(terms), loans };
}

function titlesOf(name: string, record: readonly string[]): readonly string[] {
  const repeated = record.find((title, at) => record.indexOf(title) < at);
  const path = 'line 1';
  if (repeated !== undefined) {
    refuseViolations({ name }, [{ path, rule: 'must name no column twice', value: repeated }]);
  }
  if (!record.includes(LOAN)) {
    refuseViolations({ name }, [{ path, rule: `must name the column ${LOAN}` }]);
  }
  return record;
}

interface Line {
  readonly titles: readonly string[];
  readonly record: readonly string[];
  readonly line: number;
}

function takeLine(
  name: string,
  { titles, record, line }: Line,
  terms: Map<string, string>,
  loans: string[],
): void {
  if (record.length !== titles.length) {
    const value = record.length;
    refuseViolations({ name }, [
      { path: `line ${line}`, rule: `must have ${titles.length} fields`, value },
    ]);
  }
  const isFirst = loans.length === 0;
  for (const [at, key] of titles.entries()) {
    const text = record[at]!;
    if (key === LOAN) loans.push(text);
    else if (isFirst && text !== '') terms.set(key, text);
    else if (text !== '' && terms.get(key) !== text) {
      const rule = 'must be the same on every line, or empty';
      refuseViolations({ name }, [{ path: `line ${line}.${key}`, rule, value: text }]);
    }
  }
}
