import type { CsvBatch } from '../csv-reader.js';
import { decodedLines } from './decoded-text.js';
import { jsonRecord } from './json-record.js';
import type { TextOptions } from './read-options.js';
import { refusedFile } from './refused-file.js';

/**
 * The records of a file of one JSON object a line: the keys of the first one are the titles, a
 * later object has some of them in any order. Numbers are text as they are written. Blank lines are
 * left out. Throws LoanbookError `json_malformed` with line and rule, `unknown_key`, `file_empty`,
 * and those of `decodedLines`.
 */
export async function* ndjsonBatches(
  path: string,
  options: TextOptions = {},
): AsyncGenerator<CsvBatch> {
  const meter = options.meter ?? { bytes: 0 };
  let titles: ReadonlyMap<string, number> | undefined;
  for await (const batch of decodedLines(path, { ...options, meter })) {
    const records: string[][] = [];
    const lines: number[] = [];
    let hasNul = false;
    for (const { text, line } of batch) {
      if (text.trim() === '') continue;
      const found = jsonRecord(text);
      if ('rule' in found) throw malformed(path, line, found.rule, text);
      if (titles === undefined) {
        titles = new Map(found.keys.map((key, at) => [key, at]));
        records.push([...found.keys]);
        lines.push(line);
      }
      const record = Array.from<string>({ length: titles.size }).fill('');
      for (const [at, key] of found.keys.entries()) {
        const place = titles.get(key);
        if (place === undefined) throw unknownKey(path, line, key);
        record[place] = found.values[at]!;
      }
      hasNul ||= record.some((field) => field.includes('\0'));
      records.push(record);
      lines.push(line);
    }
    if (records.length > 0) yield { records, lines, bytesRead: meter.bytes, hasNul };
  }
  if (titles === undefined) {
    throw refusedFile('file_empty', 'The file holds no record.', { file: path });
  }
}

function malformed(file: string, line: number, rule: string, value: string): Error {
  const message = 'A line is no flat JSON object.';
  return refusedFile('json_malformed', message, { file, line, rule, value });
}

function unknownKey(file: string, line: number, key: string): Error {
  const rule = 'the first object has every key';
  const next = 'Write all keys in the first object, with null where there is nothing.';
  const message = 'An object has a key that the first one lacks.';
  return refusedFile('unknown_key', message, { file, line, field: key, rule }, next);
}
