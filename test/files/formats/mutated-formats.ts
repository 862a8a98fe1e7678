import { gzipSync } from 'node:zlib';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { LoanbookError } from '../../../src/errors.js';
import type { CsvBatch } from '../../../src/files/csv-reader.js';
import { camtBatches } from '../../../src/files/formats/camt/camt-batches.js';
import { mt940Batches } from '../../../src/files/formats/mt940/mt940-batches.js';
import { ndjsonBatches } from '../../../src/files/formats/ndjson-batches.js';
import { openChunks } from '../../../src/files/formats/open-chunks.js';
import { xlsxBatches } from '../../../src/files/formats/xlsx/xlsx-batches.js';
import { examineFile } from '../../../src/files/inspect/examine-file.js';
import { madeFiles, workbook } from './made-files.js';

/** Others are tried by another one. */
const SEED = Number(process.env.SEED ?? 16);

/** Marsaglia's xorshift of 32 bits: the same files at every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Bytes that mean something in one format or another. */
const SIGNS = [
  '<',
  '>',
  '&',
  '"',
  '\0',
  '\n',
  ':',
  '-',
  ',',
  '{',
  '}',
  '\u00ff',
  '9',
  'PK',
  '/>',
  '\r',
];

/** Some bytes changed, left out, put in, doubled, or all from one place on. */
function mutated(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  let result = Buffer.from(bytes);
  const times = 1 + random(3);
  for (let time = 0; time < times && result.length > 0; time += 1) {
    const at = random(result.length);
    const length = 1 + random(Math.min(40, result.length - at));
    const before = result.subarray(0, at);
    switch (random(6)) {
      case 0:
        result = Buffer.from(result);
        result[at] = random(256);
        break;
      case 1:
        result = Buffer.concat([before, result.subarray(at + length)]);
        break;
      case 2:
        result = Buffer.concat([
          before,
          Buffer.from(SIGNS[random(SIGNS.length)]!),
          result.subarray(at),
        ]);
        break;
      case 3:
        result = Buffer.concat([before, result.subarray(at, at + length), result.subarray(at)]);
        break;
      case 4:
        result = Buffer.from(before);
        break;
      default:
        result = Buffer.concat([
          before,
          Buffer.from(String(random(1e9))),
          result.subarray(at + length),
        ]);
    }
  }
  return result;
}

const MT940 = `:20:A\r\n:25:1/2\r\n:28C:1/1\r\n:60F:C260215CNY10000,00\r\n${Array.from(
  { length: 8 },
  (_, at) => `:61:2602160216C${at},20NTRF00${at}//B${at}\r\n:86:166?00CREDIT?20WX${at}?32Mei\r\n`,
).join('')}:62F:C260216CNY10029,60\r\n-\r\n`;
const CAMT = `<?xml version="1.0" encoding="UTF-8"?><Document><BkToCstmrStmt><Stmt><Id>1</Id><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>${Array.from(
  { length: 5 },
  (_, at) =>
    `<Ntry><Amt Ccy="CNY">${at}.20</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>false</RvslInd><BookgDt><Dt>2026-02-16</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>0${at}</EndToEndId></Refs><Amt Ccy="CNY">${at}.20</Amt></TxDtls></NtryDtls></Ntry>`,
).join('')}</Stmt></BkToCstmrStmt></Document>`;
const NDJSON = Array.from(
  { length: 20 },
  (_, at) => `{"no":"00${at}","amount":${at}.10,"x":null}\n`,
);
const BOOK = workbook({
  sheets: {
    s: Array.from(
      { length: 12 },
      (_, at) =>
        `<row r="${at + 1}"><c r="A${at + 1}" t="s"><v>${at % 2}</v></c><c r="B${at + 1}"><v>${at}.25</v></c><c r="C${at + 1}" s="1"><v>4606${at % 10}</v></c></row>`,
    ).join(''),
  },
  shared: ['<t>a &amp; b</t>', '<r><t>c</t></r>'],
  formats: ['yyyy-mm-dd'],
});
const CSV = 'no,amount,date\n"0001","1,234.50",2026-02-16\n0002,5,2026-02-17\n合计,2,\n';

async function* chunksAsBatches(path: string): AsyncGenerator<CsvBatch> {
  for await (const chunk of openChunks(path)) {
    yield { records: [[chunk.toString()]], lines: [1], bytesRead: chunk.length, hasNul: false };
  }
}

async function* examined(path: string): AsyncGenerator<CsvBatch> {
  const { rows } = await examineFile(path);
  yield {
    records: rows.map(({ fields }) => fields),
    lines: rows.map(({ line }) => line),
    bytesRead: 1,
    hasNul: false,
  };
}

/** A part of a workbook is mutated, and it is packed again: the archive is sound. */
function bookOf(random: (below: number) => number): Uint8Array {
  const parts = unzipSync(BOOK);
  const names = Object.keys(parts);
  const name = names[random(names.length)]!;
  parts[name] = new Uint8Array(mutated(parts[name]!, random));
  return zipSync(parts);
}

type Content = (random: (below: number) => number) => Uint8Array;
type Source = (path: string) => AsyncGenerator<CsvBatch>;

const FORMATS: readonly (readonly [name: string, source: Source, content: Content])[] = [
  ['workbook', xlsxBatches, bookOf],
  ['workbook archive', xlsxBatches, (random) => mutated(BOOK, random)],
  ['mt940', mt940Batches, (random) => mutated(strToU8(MT940), random)],
  ['camt', camtBatches, (random) => mutated(strToU8(CAMT), random)],
  ['ndjson', ndjsonBatches, (random) => mutated(strToU8(NDJSON.join('')), random)],
  [
    'packed',
    chunksAsBatches,
    (random) =>
      mutated(random(2) === 0 ? gzipSync(CSV.repeat(50)) : zipSync({ a: strToU8(CSV) }), random),
  ],
];
const INSPECTED = [BOOK, strToU8(MT940), strToU8(CAMT), strToU8(NDJSON.join('')), strToU8(CSV)];

/** Whether the file was taken; else what it was refused for. Anything else that is thrown fails. */
async function outcome(batches: AsyncGenerator<CsvBatch>, path: string): Promise<string> {
  try {
    for await (const { records, lines } of batches) {
      // Without a matcher: there are a hundred thousand fields.
      const isSound =
        records.length === lines.length &&
        records.every((record) => record.every((field) => typeof field === 'string'));
      if (!isSound) throw new TypeError('records without lines, or fields that are no text');
    }
    return 'taken';
  } catch (error) {
    if (!(error instanceof LoanbookError)) throw error;
    expect(error.message).not.toBe('');
    expect(error.next ?? '').not.toBe('');
    expect(error.evidence.file).toBe(path);
    return error.code;
  }
}

async function mutations(put: Put, each: number, name: string, source: Source, content: Content) {
  const random = randomOf(SEED + name.length * 7_919);
  const outcomes = new Map<string, number>();
  for (let time = 0; time < each; time += 1) {
    const path = put(`${name}-mutated`.replace(' ', '-'), content(random));
    const found = await outcome(source(path), path);
    outcomes.set(found, (outcomes.get(found) ?? 0) + 1);
  }
  return outcomes;
}

type Put = ReturnType<typeof madeFiles>['put'];

/** Reads so many mutated files of each kind: each is taken, or refused in words. */
export function readMutatedFormats(each: number): void {
  const { put } = madeFiles();
  const mutate = (name: string, source: Source, content: Content) =>
    mutations(put, each, name, source, content);

  describe('a file with mistakes', () => {
    it.each(FORMATS)('of %s is taken or refused in words', async (name, source, content) => {
      const outcomes = await mutate(name, source, content);
      // Both happen, or the mutations show nothing.
      expect(outcomes.get('taken') ?? 0).toBeGreaterThan(0);
      expect(outcomes.size).toBeGreaterThan(2);
    });

    it('of any format is examined or refused in words', async () => {
      const content = (random: (below: number) => number) =>
        mutated(INSPECTED[random(INSPECTED.length)]!, random);
      const outcomes = await mutate('inspected', examined, content);
      expect(outcomes.get('taken') ?? 0).toBeGreaterThan(each / 10);
    });

    it('is what it was where nothing was changed', async () => {
      const path = put('whole', BOOK);
      expect(await outcome(xlsxBatches(path), path)).toBe('taken');
      expect(strFromU8(unzipSync(BOOK)['xl/workbook.xml']!)).toContain('<sheet ');
    });
  });
}
