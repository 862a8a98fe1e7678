import { isAbsolute, normalize, resolve } from 'node:path';
import type { z } from 'zod';
import type { Calendar } from '../../../accounting/calendar/calendar.js';
import { integer, mapping, words } from '../../../documents/fields.js';
import { jsonSchemaOf } from '../../../documents/json-schema.js';
import { readDocumentText } from '../../../documents/read-text.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
  type Violation,
} from '../../../documents/violations.js';
import type { FileRule } from '../../../operations/files/file-row.js';
import { fileRules, fileRulesSchema } from '../../operations/documents/file-rules.js';

const filesSchema = mapping({
  version: integer(1),
  folders: mapping({
    inbox: words().describe('where senders lay their files; of the folder of the book if relative'),
    work: words().describe('where files go that are taken; on the file system of the inbox'),
    outbox: words()
      .nullable()
      .default(null)
      .describe('where files for others appear; null: there is none'),
  }),
  rules: fileRulesSchema,
});

/** A checked document of files, every default filled in. */
export type FilesDocument = z.output<typeof filesSchema>;

/** Folders as the document names them. */
export type NamedFolders = FilesDocument['folders'];

export interface CheckedFiles {
  /** As it was written, with defaults: plain JSON. */
  readonly document: object;
  readonly version: number;
  readonly folders: NamedFolders;
  readonly rules: readonly FileRule[];
}

/** A document of files from YAML or JSON text; throws LoanbookError `invalid_document`. */
export function parseFilesDocument(
  text: string,
  sourceName: string,
  calendar: Calendar,
): CheckedFiles {
  const source = { name: sourceName, page: 'docs/inbox.md' };
  return filesFromValue(readDocumentText(text, sourceName), source, calendar);
}

/** The same from a value that was read before. */
export function filesFromValue(
  value: unknown,
  source: DocumentSource,
  calendar: Calendar,
): CheckedFiles {
  const { version, folders, rules } = checkShape(filesSchema, value, source);
  refuseViolations(source, faultsOf(folders));
  return {
    document: withDefaults(value as Written),
    version,
    folders,
    rules: fileRules(rules, source, calendar),
  };
}

/** A document of the right shape as it was written. */
interface Written {
  readonly version: unknown;
  readonly folders: object;
  readonly rules: readonly object[];
}

/** What a rule that says nothing else says: a later default does not change what was applied. */
const RULE = { control: null, settle: '60s', by: null, on: {}, after_days: '1', repeats: false };

function withDefaults({ version, folders, rules }: Written): object {
  return {
    version,
    folders: { inbox: null, work: null, outbox: null, ...folders },
    rules: rules.map((rule) => ({ file: null, name: null, ...RULE, ...rule })),
  };
}

/** The JSON Schema of a document of files. */
export function filesJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook files', filesSchema);
}

/** None of the folders is, or lies in, another one: what is written would be taken. */
function faultsOf(folders: NamedFolders): Violation[] {
  const named = Object.entries(folders).filter((each): each is [string, string] => !!each[1]);
  return named.flatMap(([key, folder], at) => {
    const path = `folders.${key}`;
    const faults: Violation[] = [];
    if (!isAbsolute(folder) && normalize(folder).startsWith('..')) {
      faults.push({ path, rule: 'must not lead out of the folder of the book', value: folder });
    }
    for (const [other, before] of named.slice(0, at)) {
      const [own, its] = [folder, before].map((each) => `${resolve('/book', each)}/`) as [
        string,
        string,
      ];
      if (!own.startsWith(its) && !its.startsWith(own)) continue;
      faults.push({ path, rule: `must not be, hold or lie in folders.${other}`, value: folder });
    }
    return faults;
  });
}
