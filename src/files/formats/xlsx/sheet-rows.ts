import { XLSX_ROWS_MAX } from '../../xlsx.js';
import type { XmlAttributes, XmlHandler } from '../xml-reader.js';
import { cellNumber } from './cell-number.js';
import { CellText, unescapedCell } from './cell-text.js';
import { type DateForm, isoText, serialText } from './serial-date.js';

/** Something wrong with a cell. */
export interface CellProblem {
  /** Such as `B12`. */
  readonly cell: string;
  readonly line: number;
  /** Its place in the record, from 0, where only the cell is at fault, not the sheet. */
  readonly index?: number;
  readonly rule: string;
  readonly value: string;
}

export interface SheetContext {
  readonly textAt: (index: number) => string | undefined;
  readonly dateForms: readonly (DateForm | undefined)[];
  readonly is1904: boolean;
  /** Throws, or takes a note: then the cell is what is stored. */
  readonly onProblem: (problem: CellProblem) => void;
}

/** Records of a sheet so far, and the rows that they stand in. */
export interface SheetRows {
  readonly records: string[][];
  readonly lines: number[];
}

/** A record of more fields is none; a spreadsheet has 16,384 columns. */
const COLUMNS_MAX = 1_024;
const REFERENCE = /^\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$/;
const LETTERS = 26;

/**
 * The rows of a worksheet as its XML comes by. A record has its cells up to the last one that is
 * not empty, and is as wide as the widest before it; rows without any are left out. Rows and cells
 * without `r`, which the standard allows, stand behind the one before.
 */
export class SheetReader implements XmlHandler {
  readonly #context: SheetContext;
  readonly #text = new CellText();
  #rows: SheetRows = { records: [], lines: [] };
  #width = 0;
  #isData = false;
  #row = 0;
  #column = 0;
  #fields: string[] = [];
  #type = '';
  #style = 0;
  #value: string | undefined;
  #hasText = false;

  constructor(context: SheetContext) {
    this.#context = context;
  }

  /** The records since the last call. */
  take(): SheetRows | undefined {
    if (this.#rows.records.length === 0) return undefined;
    const rows = this.#rows;
    this.#rows = { records: [], lines: [] };
    return rows;
  }

  open(name: string, attributes: XmlAttributes): void {
    if (name === 'sheetData') this.#isData = true;
    if (!this.#isData) return;
    if (name === 'row') this.#openRow(attributes);
    else if (name === 'c') this.#openCell(attributes);
    else if (name === 'is') this.#text.begin();
    else this.#text.open(name);
  }

  close(name: string, text: string): void {
    if (!this.#isData) return;
    if (name === 'sheetData') this.#isData = false;
    else if (name === 'row') this.#closeRow();
    else if (name === 'c') this.#closeCell();
    else if (name === 'v') this.#value = text;
    else if (name === 'is') this.#hasText = true;
    else this.#text.close(name, text);
  }

  #openRow({ r }: XmlAttributes): void {
    const row = r === undefined ? this.#row + 1 : Number(r);
    const isNext = Number.isInteger(row) && row > this.#row && row <= XLSX_ROWS_MAX;
    if (!isNext) this.#problem('rows ascend, each once', r ?? String(row));
    this.#row = isNext ? row : this.#row + 1;
    this.#column = 0;
    this.#fields = [];
  }

  #openCell({ r, t = 'n', s = '0' }: XmlAttributes): void {
    let column = this.#column + 1;
    if (r !== undefined) {
      const [, letters, row] = REFERENCE.exec(r) ?? [];
      const at = letters === undefined ? 0 : columnNumber(letters);
      const isNext = at >= column && Number(row) === this.#row;
      if (!isNext) this.#problem('cells ascend in their row, each once', r);
      column = isNext ? at : column;
    }
    this.#column = column;
    this.#type = t;
    this.#style = Number(s);
    this.#value = undefined;
    this.#hasText = false;
  }

  #closeCell(): void {
    const text = this.#cellText();
    if (text === '') return;
    if (this.#column > COLUMNS_MAX) this.#problem(`at most ${COLUMNS_MAX} columns`, text);
    while (this.#fields.length < this.#column - 1) this.#fields.push('');
    this.#fields.push(text);
  }

  #cellText(): string {
    if (this.#hasText || this.#type === 'inlineStr') return this.#text.take();
    const value = this.#value;
    if (value === undefined) return '';
    switch (this.#type) {
      case 's':
        return this.#shared(value);
      case 'str':
        return unescapedCell(value);
      case 'b':
        return value === '1' || value === 'true' ? 'TRUE' : 'FALSE';
      case 'd': {
        const date = isoText(value.trim(), this.#context.dateForms[this.#style]);
        return date ?? this.#stored('a date is ISO 8601', value);
      }
      case 'n':
        return value.trim() === '' ? '' : this.#number(value.trim());
      case 'e':
        return this.#stored('no error stands in a cell', value);
      default:
        return this.#stored('the type of a cell is known', this.#type);
    }
  }

  #shared(value: string): string {
    const text = /^\s*[0-9]+\s*$/.test(value) ? this.#context.textAt(Number(value)) : undefined;
    return text ?? this.#stored('the shared text is there', value);
  }

  #number(value: string): string {
    const form = this.#context.dateForms[this.#style];
    const number = cellNumber(value);
    if (form !== undefined) {
      const date = serialText(Number(value), form, this.#context.is1904);
      return date ?? this.#stored('a date is a day of its system', value);
    }
    return 'text' in number ? number.text : this.#stored(number.rule, value);
  }

  #stored(rule: string, value: string): string {
    this.#problem(rule, value, this.#column - 1);
    return value;
  }

  #problem(rule: string, value: string, index?: number): void {
    const cell = `${columnLetters(Math.max(this.#column, 1))}${this.#row}`;
    this.#context.onProblem({ cell, line: this.#row, index, rule, value });
  }

  #closeRow(): void {
    const record = this.#fields;
    if (record.length === 0) return;
    this.#width = Math.max(this.#width, record.length);
    while (record.length < this.#width) record.push('');
    this.#rows.records.push(record);
    this.#rows.lines.push(this.#row);
  }
}

function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters.toUpperCase()) {
    number = number * LETTERS + letter.charCodeAt(0) - 64;
  }
  return number;
}

function columnLetters(number: number): string {
  const last = String.fromCharCode(65 + ((number - 1) % LETTERS));
  const before = Math.floor((number - 1) / LETTERS);
  return before === 0 ? last : columnLetters(before) + last;
}
