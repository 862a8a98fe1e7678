import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../../../src/accounting/calendar/calendar.js';
import {
  filesJsonSchema,
  parseFilesDocument,
} from '../../../src/jobs/files/documents/files-document.js';
import { packageRoot } from '../../../src/package-root.js';

const parse = (text: string) => parseFilesDocument(text, 'files.yaml', Calendar.everyDayWorks);
const FOLDERS = 'folders: {inbox: in, work: work}';

it('config/inbox.yaml is taken as it stands', () => {
  const text = readFileSync(join(packageRoot, 'config/inbox.yaml'), 'utf8');
  expect(parse(text).rules.map(({ file }) => file)).toEqual([
    ...['loans', 'repayments', 'events', 'parties'],
  ]);
});

// When this fails: loanbook files schema > config/schemas/files.schema.json
it('is refused with the page that has its keys', () => {
  const next = expect.stringContaining('docs/inbox.md');
  expect(() => parse('version: 1')).toThrow(expect.objectContaining({ next }));
});

it('config/schemas/files.schema.json is what the checks say', () => {
  const kept = readFileSync(join(packageRoot, 'config/schemas/files.schema.json'), 'utf8');
  expect(JSON.parse(kept)).toEqual(filesJsonSchema());
});

it('is kept with every default written out', () => {
  const rules = 'rules: [{name: "r-{date}.csv", file: r}]';
  expect(parse(`version: 1\n${FOLDERS}\n${rules}`).document).toEqual({
    version: '1',
    folders: { inbox: 'in', work: 'work', outbox: null },
    rules: [
      {
        ...{ file: 'r', name: 'r-{date}.csv', control: null, settle: '60s', by: null, on: {} },
        ...{ after_days: '1', repeats: false },
      },
    ],
  });
});

describe('is refused', () => {
  it.each([
    [`version: 1\n${FOLDERS}\nrules: []\nmore: 1`, 'more'],
    [`version: 0\n${FOLDERS}\nrules: []`, 'version'],
    ['version: 1\nfolders: {inbox: in}\nrules: []', 'folders.work'],
    ['version: 1\nfolders: {inbox: in, work: in/work}\nrules: []', 'folders.work'],
    ['version: 1\nfolders: {inbox: ., work: work}\nrules: []', 'folders.work'],
    ['version: 1\nfolders: {inbox: /a, work: /a/b/..}\nrules: []', 'folders.work'],
    ['version: 1\nfolders: {inbox: ../in, work: work}\nrules: []', 'folders.inbox'],
    [`version: 1\n${FOLDERS}\nrules: [{file: r, name: r.csv}]`, 'rules[0].name'],
    [`version: 1\n${FOLDERS}\nrules: [{file: r, name: "{date}", settle: 1d}]`, 'rules[0].settle'],
  ])('%j at %s', (text, path) => {
    expect(() => parse(text)).toThrow(`${path}: `);
  });
});
