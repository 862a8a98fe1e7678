import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LoanbookError } from '../../../src/errors.js';
import { parseLayout } from '../../../src/files/layout/layout-document.js';
import { layoutJsonSchema } from '../../../src/files/layout/layout-json-schema.js';
import { importRuleOf, LAYOUT_RULES } from '../../../src/files/layout/layout-rule-names.js';
import { packageRoot } from '../../../src/package-root.js';

const COLUMNS = 'columns: [{from: ref}, {from: amount, type: amount}]';

function refused(text: string): LoanbookError {
  try {
    parseLayout(text, 'l.yaml');
  } catch (error) {
    if (error instanceof LoanbookError) return error;
    throw error;
  }
  throw new Error(`taken: ${text}`);
}

/** A document, the path of what is wrong in it, and a piece of the rule. */
const WRONG: readonly (readonly [text: string, path: string, rule: string])[] = [
  ['columns: []', 'columns', 'a column at least'],
  ['layout: x', 'columns', 'must be a list'],
  [`${COLUMNS}\ncolour: red`, 'colour', 'unknown key'],
  [`${COLUMNS}\ncharset: latin1`, 'charset', 'must be one of utf-8'],
  [`${COLUMNS}\nformat: ods`, 'format', 'must be one of delimited'],
  [`${COLUMNS}\nkind: loans\nfamily: events`, 'family', 'the same key as kind'],
  [`${COLUMNS}\nname: a/b.txt`, 'name', 'without a folder'],
  [`${COLUMNS}\ncontrol: {suffix: /../x}`, 'control.suffix', 'without a folder'],
  [`${COLUMNS}\ndelimiter: '"'`, 'delimiter', 'no quote'],
  [`${COLUMNS}\ndelimiter: ''`, 'delimiter', 'a character at least'],
  [`${COLUMNS}\ndelimiter: '||'\nquoting: csv`, 'quoting', 'several characters'],
  [`${COLUMNS}\nquoting: none\nthousands: ','`, 'delimiter', 'those of numbers'],
  [`${COLUMNS}\nquoting: none\ndecimal: ','`, 'delimiter', 'those of numbers'],
  [`${COLUMNS}\nthousands: '.'`, 'thousands', 'another mark'],
  [`${COLUMNS}\nsheet: 1`, 'sheet', 'no effect with format delimited'],
  [`${COLUMNS}\nformat: xlsx\ncharset: gb18030`, 'charset', 'no effect with format xlsx'],
  [`${COLUMNS}\nformat: camt\nskip: {before: 1}`, 'skip', 'no effect'],
  [`${COLUMNS}\nformat: xlsx\ntrailer: 'T,{count}'`, 'trailer', 'must be a mapping'],
  [`${COLUMNS}\ndate_format: YYYY`, 'date_format', 'must hold YYYY or YY, and'],
  [`${COLUMNS}\ndate_format: YYYY-MM-QQ`, 'date_format', 'no other letter'],
  [`${COLUMNS}\ndate_format: YYYY-MM-DD-YYYY`, 'date_format', 'each part once'],
  [`${COLUMNS}\nkey: [loan_no]`, 'key[0]', 'a field of the columns'],
  [`${COLUMNS}\ntotal_of: ref`, 'total_of', 'type amount'],
  ['columns: [{from: ref}]\ntrailer: "T,{total}"', 'trailer', 'total_of must be'],
  [`${COLUMNS}\ntrailer: {starts: T, count: 1}`, 'trailer.count', 'field 1'],
  [`${COLUMNS}\ntrailer: {starts: T, totals: {fee: 2}}`, 'trailer.totals', 'type amount'],
  [`${COLUMNS}\nwhere: [{title: x}]`, 'where[0]', 'must have is or not'],
  [`${COLUMNS}\nwhere: [{is: [x]}]`, 'where[0]', 'title or at'],
  [`${COLUMNS}\ntitles: false\nwhere: [{title: x, is: [y]}]`, 'where[0]', 'the title of a column'],
  [`${COLUMNS}\nrecords: {at: 1, row: []}`, 'records.row', 'a value at least'],
  [`${COLUMNS}\nrecords: {at: 1, row: [D], ignore: [D]}`, 'records.ignore', 'a row already'],
  ['columns: [{from: ref}]\nbalance: {title: x}', 'balance', 'type amount'],
  ['columns: [{from: a}, {title: b, from: a}]', 'columns[1].from', 'the same field as columns[0]'],
  ['columns: [{title: x, from: a}, {title: x, from: b}]', 'columns[1].title', 'the same as'],
  ['columns: [{at: 2, from: a}, {at: 2, from: b}]', 'columns[1].at', 'the same as columns[0]'],
  ['columns: [{title: x, at: 2, from: a}]', 'columns[0]', 'either title or at'],
  ['columns: [{type: amount}]', 'columns[0]', 'must name title'],
  ['columns: [{constant: x}]', 'columns[0]', 'must name title'],
  ['columns: [{from: a, constant: x, type: date}]', 'columns[0].type', 'no effect with a constant'],
  ['columns: [{from: a, values: {x: "1", y: "1"}}]', 'columns[0].values', '1 stands for x and y'],
  ['columns: [{from: a, values: {x: "1"}, type: date}]', 'columns[0].type', 'with values'],
  ['columns: [{from: a, format: YYYYMMDD}]', 'columns[0].format', 'for type date'],
  ['columns: [{from: a, round: half_up}]', 'columns[0].round', 'for type amount'],
  ['columns: [{from: a, type: rate, unit: minor}]', 'columns[0].unit', 'of a rate'],
  [
    'columns: [{from: a, type: date, zone: "+00:00 to +08:00"}]',
    'columns[0].zone',
    'hours and minutes',
  ],
  [
    'columns: [{from: a, type: date, format: YYYYMMDDHHmm, zone: UTC}]',
    'columns[0].zone',
    'must be like',
  ],
  [
    'columns: [{from: a, type: amount, less: b, sign: behind}]',
    'columns[0].less',
    'contradicts sign',
  ],
  [
    'columns: [{from: a, type: amount, sign: {title: b, minus: [x], plus: [x]}}]',
    'columns[0].sign',
    'plus and minus',
  ],
  ['columns: [{from: a, when: "b ="}]', 'columns[0].when', 'cannot be read at 4'],
  ['columns: [{from: a, when: "b = 1"}]', 'columns[0].when', 'names no column above: b'],
  ['columns: [{from: a, expr: b}, {from: b, expr: a}]', 'columns[0].expr', 'no column above: b'],
  ['columns: [{from: a, expr: "1", less: x}]', 'columns[0].less', 'with expr'],
  ['format: fixed\ncolumns: [{from: a}]', 'columns[0]', 'start and width'],
  [
    'format: fixed\ncolumns: [{start: 1, width: 4, from: a}, {start: 4, width: 1, from: b}]',
    'columns[1].start',
    'shares characters with columns[0]',
  ],
  ['format: fixed\ncolumns: [{start: 1, width: 4, from: a, pad: "0"}]', 'columns[0].pad', 'trim'],
  ['format: fixed\ntitles: true\ncolumns: [{start: 1, width: 4, from: a}]', 'titles', 'no effect'],
  ['columns: [{start: 1, width: 4, from: a}]', 'columns[0]', 'for format fixed'],
];

describe('a layout', () => {
  for (const [text, path, rule] of WRONG) {
    it(`is refused: ${text.replace(COLUMNS, '').trim()}`, () => {
      const error = refused(text);
      expect(error).toMatchObject({ code: 'invalid_document', exitCode: 2 });
      expect(error.message).toContain(`  ${path}: `);
      const line = error.message.split('\n').find((one) => one.startsWith(`  ${path}: `));
      expect(line).toContain(rule);
    });
  }

  it('names everything that is wrong at once', () => {
    const { message } = refused('columns: [{from: a, round: up, zone: x}]\nkey: [b]\nsheet: 2');
    expect(message.split('\n')).toHaveLength(5);
  });

  it('has defaults for all that it does not say', () => {
    expect(parseLayout(COLUMNS, 'l.yaml')).toMatchObject({
      format: 'delimited',
      charset: 'utf-8',
      line_end: 'lf',
      delimiter: ',',
      quoting: 'csv',
      titles: true,
      amount_unit: 'major',
      date_format: 'YYYY-MM-DD',
      total_of: 'amount',
      trim: [],
    });
    expect(parseLayout(`${COLUMNS}\ndelimiter: '|+|'`, 'l.yaml').quoting).toBe('none');
  });
});

it('the schema that is kept is the one that is made', () => {
  const kept = readFileSync(join(packageRoot, 'config/schemas/layout.schema.json'), 'utf8');
  // When this fails: loanbook layout schema > config/schemas/layout.schema.json
  expect(kept).toBe(`${JSON.stringify(layoutJsonSchema(), null, 2)}\n`);
});

it('every rule of a line has a name for imports', () => {
  expect(Object.fromEntries(LAYOUT_RULES.map((rule) => [rule, importRuleOf(rule)]))).toMatchObject({
    field_count: 'column_count',
    amount: 'malformed_amount',
    date: 'malformed_date',
    unknown_word: 'value_not_mapped',
    repeated_key: 'duplicate',
  });
});
