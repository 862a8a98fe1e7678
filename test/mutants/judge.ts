import type { InputKind } from './input-kind.js';
import { flat, leavesOf, rowsOf } from './naive.js';

const NULL = /^(~|null|)$/i;
const NUMBER = /^[-+]?\d+(\.\d+)?$/;

/** Whether two texts are the same, as text or as decimal numbers. */
function isSame(stored: string, said: string): boolean {
  if (stored === said) return true;
  if (!NUMBER.test(stored) || !NUMBER.test(said)) return false;
  return plain(stored) === plain(said);
}

function plain(text: string): string {
  const [whole = '', part = ''] = text.replace(/^[-+]/, '').split('.');
  const value = `${whole.replace(/^0+(?=\d)/, '')}.${part.replace(/0+$/, '')}`;
  return text.startsWith('-') && value !== '0.' ? `-${value}` : value;
}

type Rows = readonly Readonly<Record<string, string>>[];

/**
 * What is wrong with what was taken, as far as the file itself tells; undefined: it is what the
 * file says, whole. A field that is empty or not there may have any default.
 */
export function faultOf(kind: InputKind, bytes: Buffer, taken: Rows, first: Rows) {
  if (kind.name === 'control file') return controlFault(bytes);
  if (kind.name === 'simulation lines') return linesFault(bytes, taken);
  return kind.format === 'table'
    ? tableFault(kind, bytes, taken)
    : documentFault(kind, bytes, taken, first);
}

function tableFault(kind: InputKind, bytes: Buffer, taken: Rows): string | undefined {
  const said = rowsOf(bytes);
  if (said === undefined) return 'it is no UTF-8';
  const [totals] = taken;
  if (totals?.lines !== undefined) {
    const sum = said.reduce((all, row) => all + fen(row.amount ?? ''), 0n);
    const isRight = totals.lines === String(said.length) && fen(totals.total ?? '') === sum;
    return isRight ? undefined : `taken ${JSON.stringify(totals)}, said ${said.length}, ${sum}`;
  }
  if (kind.stored === undefined) return undefined;
  const left = [...said];
  for (const row of taken) {
    const at = left.findIndex((other) =>
      Object.entries(row).every(
        ([column, value]) => (other[column] ?? '') === '' || isSame(value, other[column]!),
      ),
    );
    if (at < 0) return `taken, but not said: ${JSON.stringify(row)}`;
    left.splice(at, 1);
  }
  return left.length === 0 ? undefined : `said, but not taken: ${JSON.stringify(left[0])}`;
}

/** Banks pad their amounts with blanks. */
function fen(text: string): bigint {
  const [whole = '0', part = ''] = text.trim().split('.');
  return /^\d+$/.test(whole) ? BigInt(whole + part.padEnd(2, '0').slice(0, 2)) : -1n;
}

/** Stored documents are complete: what the file leaves out is there by its default. */
function documentFault(kind: InputKind, bytes: Buffer, taken: Rows, first: Rows) {
  const said = leavesOf(bytes);
  if (said === undefined) return 'it cannot be read as a document';
  const [stored, before] = [taken[0]?.document, first[0]?.document];
  if (kind.stored === undefined || stored === undefined || before === undefined) return undefined;
  const standing = flat(JSON.parse(stored));
  const originally = flat(JSON.parse(before));
  for (const [path, value] of standing) {
    const word = said.get(path);
    if (originally.get(path) === value || word === undefined) continue;
    if (NULL.test(word) && value === 'null') continue;
    if (!isSame(value, word)) return `${path}: taken ${value}, said ${word}`;
  }
  return undefined;
}

/** A line in, a line out: what cannot be read is told in its place. */
function linesFault(bytes: Buffer, taken: Rows): string | undefined {
  const said = bytes.toString('utf8').split(/\r\n|\n/);
  const given = said.filter((line) => line.trim() !== '');
  const printed = (taken[0]?.printed ?? '').split('\n').slice(0, -1);
  if (given.length !== printed.length) return `${given.length} lines in, ${printed.length} out`;
  const wrong = given.findIndex((line, at) => {
    const isRefused = printed[at]!.startsWith('{"error"');
    return !isRefused && leavesOf(Buffer.from(line)) === undefined;
  });
  return wrong < 0 ? undefined : `line ${wrong + 1} cannot be read as a document`;
}

/** `name,rows[,total[,sha256]]` of a statement that is as it was: what is said has to be so. */
function controlFault(bytes: Buffer): string | undefined {
  const words = bytes.toString('utf8').trim().split(',');
  if (words.length === 1 && words[0] === '') return undefined;
  const [name, rows = '', total = ''] = words;
  const isTrue = name === 'cc.csv' && isSame('1', rows) && (total === '' || isSame('5.00', total));
  return isTrue && words.length <= 4 ? undefined : `it says ${words.join(',').slice(0, 80)}`;
}
