import { describe, expect, it } from 'vitest';
import { ndjsonBatches } from '../../../src/files/formats/ndjson-batches.js';
import { madeFiles, refusal, taken } from './made-files.js';

const { put } = madeFiles();
let made = 0;

function file(text: string): string {
  made += 1;
  return put(`n${made}.ndjson`, text);
}

describe('a record a line', () => {
  it('keeps numbers as they are written', async () => {
    const text =
      '{"id":12345678901234567890,"amount":1.10,"rate":1e-3,"zero":-0,"no":"007"}\r\n\n' +
      '{"no":"a\\u0041\\n\\"","id":0.30000000000000004, "amount" : null}';
    const { records, lines } = await taken(ndjsonBatches(file(text)));
    expect(records).toEqual([
      ['id', 'amount', 'rate', 'zero', 'no'],
      ['12345678901234567890', '1.10', '1e-3', '-0', '007'],
      ['0.30000000000000004', '', '', '', 'aA\n"'],
    ]);
    expect(lines).toEqual([1, 1, 3]);
  });

  it('may hold true and false, and nothing at all', async () => {
    const { records } = await taken(ndjsonBatches(file('{"a":true,"b":false}\n{}\n')));
    expect(records).toEqual([
      ['a', 'b'],
      ['true', 'false'],
      ['', ''],
    ]);
  });

  it('may be long', async () => {
    const long = 'x'.repeat(900_000);
    const { records } = await taken(ndjsonBatches(file(`{"a":"${long}"}`)));
    expect(records[1]).toEqual([long]);
  });

  it.each([
    ['a key twice', '{"a":1,"a":2}', 'json_malformed', 'once'],
    ['a key twice, escaped', '{"a":1,"\\u0061":2}', 'json_malformed', 'once'],
    ['an object in it', '{"a":{"b":1}}', 'json_malformed', 'no object and no list'],
    ['a list in it', '{"a":[1]}', 'json_malformed', 'no object and no list'],
    ['a list', '[1]', 'json_malformed', 'object'],
    ['a number of another kind', '{"a":01}', 'json_malformed', 'ends with'],
    ['text behind it', '{"a":1} x', 'json_malformed', 'one object'],
    ['two of them', '{"a":1}{"a":2}', 'json_malformed', 'one object'],
    ['no end', '{"a":1', 'json_malformed', 'ends with'],
    ['no value', '{"a":}', 'json_malformed', 'JSON'],
    ['half of a pair', '{"a":"\\ud800"}', 'json_malformed', 'surrogate'],
    ['an escape that is none', '{"a":"\\x"}', 'json_malformed', 'JSON'],
    ['a line that does not end', `{"a":"${'x'.repeat(1_100_000)}`, 'line_too_long', 'characters'],
  ])('is refused with %s', async (_what, text, code, rule) => {
    const found = await refusal(ndjsonBatches(file(`{"a":0}\n${text}`)));
    expect(found).toMatchObject({
      code,
      line: 2,
      rule: expect.stringContaining(rule),
      hasNext: true,
    });
  });

  it('is refused with a key that the first one lacks, and where there is none', async () => {
    expect(await refusal(ndjsonBatches(file('{"a":1}\n{"b":1}\n')))).toMatchObject({
      code: 'unknown_key',
      line: 2,
      field: 'b',
    });
    expect(await refusal(ndjsonBatches(file('\n\n')))).toMatchObject({ code: 'file_empty' });
  });

  it('tells of a NUL character', async () => {
    const flags: boolean[] = [];
    for await (const { hasNul } of ndjsonBatches(file('{"a":"\\u0000"}'))) flags.push(hasNul);
    expect(flags).toEqual([true]);
  });
});
