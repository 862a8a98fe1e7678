import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll } from 'vitest';
import type { CsvBatch } from '../../../src/files/csv-reader.js';

const NS = 'http://schemas.openxmlformats.org';
const REL = `${NS}/officeDocument/2006/relationships`;
const MAIN = `${NS}/spreadsheetml/2006/main`;
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** A folder for the files of one test file; it goes with them. */
export function madeFiles(): { put(name: string, content: string | Uint8Array): string } {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-formats-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    put(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
  };
}

export interface Taken {
  readonly records: string[][];
  readonly lines: number[];
}

/** All records of a source. */
export async function taken(batches: AsyncGenerator<CsvBatch>): Promise<Taken> {
  const records: string[][] = [];
  const lines: number[] = [];
  for await (const batch of batches) {
    records.push(...batch.records.map((record) => [...record]));
    lines.push(...batch.lines);
  }
  return { records, lines };
}

/** Records under titles as objects, without what is empty. */
export function named({ records: [titles = [], ...rows] }: Taken): Record<string, string>[] {
  return rows.map((row) =>
    Object.fromEntries(
      titles.map((title, at) => [title, row[at] ?? '']).filter(([, v]) => v !== ''),
    ),
  );
}

export interface MadeWorkbook {
  /** `<row>`s of each sheet by its name; `!` before a name hides it. */
  readonly sheets: Readonly<Record<string, string>>;
  /** Inner XML of each shared text. */
  readonly shared?: readonly string[];
  /** Number formats of cell styles 1, 2, ...; style 0 is General. */
  readonly formats?: readonly string[];
  readonly is1904?: boolean;
  /** Behind the sheets' data. */
  readonly below?: string;
  /** Further parts, or others in their place. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** A workbook as its XML says, shared texts as the last entry. */
export function workbook({
  sheets,
  shared = [],
  formats = [],
  is1904 = false,
  below = '',
  parts = {},
}: MadeWorkbook): Uint8Array {
  const names = Object.keys(sheets);
  const listed = names.map((name, at) => {
    const hidden = name.startsWith('!') ? ' state="hidden"' : '';
    return `<sheet name="${name.replace('!', '')}" sheetId="${at + 1}"${hidden} r:id="rId${at + 1}"/>`;
  });
  const related = names.map(
    (_, at) =>
      `<Relationship Id="rId${at + 1}" Type="${REL}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
  );
  const pages = names.map((name, at) => [
    `xl/worksheets/sheet${at + 1}.xml`,
    `<worksheet xmlns="${MAIN}"><sheetData>${sheets[name]}</sheetData>${below}</worksheet>`,
  ]);
  const numFmts = formats.map(
    (code, at) => `<numFmt numFmtId="${164 + at}" formatCode="${code}"/>`,
  );
  const xfs = formats.map((_, at) => `<xf numFmtId="${164 + at}"/>`);
  const strings =
    shared.length === 0
      ? {}
      : {
          'xl/sharedStrings.xml': `<sst xmlns="${MAIN}">${shared.map((text) => `<si>${text}</si>`).join('')}</sst>`,
        };
  const all: Record<string, string> = {
    '[Content_Types].xml': `<Types xmlns="${NS}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="${NS}/package/2006/relationships"><Relationship Id="rId1" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${REL}"><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${listed.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${NS}/package/2006/relationships">${related.join('')}<Relationship Id="rIdT" Type="${REL}/styles" Target="styles.xml"/>${shared.length > 0 ? `<Relationship Id="rIdS" Type="${REL}/sharedStrings" Target="sharedStrings.xml"/>` : ''}</Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${MAIN}"><numFmts>${numFmts.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${xfs.join('')}</cellXfs></styleSheet>`,
    ...Object.fromEntries(pages),
    ...strings,
    ...parts,
  };
  const zipped = Object.entries(all).map(([name, text]) => [name, strToU8(text)]);
  return zipSync(Object.fromEntries(zipped));
}

/** What an error says for a program: its code and evidence. */
export async function refusal(
  run: AsyncGenerator<unknown> | Promise<unknown>,
): Promise<Record<string, unknown>> {
  try {
    if ('next' in run) for await (const _ of run);
    else await run;
  } catch (error) {
    const { code, evidence, next } = error as {
      code?: string;
      evidence?: Record<string, unknown>;
      next?: string;
    };
    if (evidence === undefined) throw error;
    return { code, ...evidence, hasNext: (next ?? '').length > 20 };
  }
  return { code: 'taken' };
}
