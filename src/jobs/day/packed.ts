import { blankAhead } from '../../accounting/fold/ahead.js';
import {
  blankSpecial,
  type OpenInstallment,
  type Special,
} from '../../accounting/fold/position.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import { REFUNDED, TOTALS_COUNT } from '../../accounting/posting/totals.js';

/**
 * The two packed columns of a position: non-negative integers as base-128 varints, low bits first.
 * An open instalment is 20 of them at most in the order of `writeInstallment`; the lifetime totals
 * are 21.
 */
const NUMBERS_PER_INSTALLMENT = 20;
/** Dates are stored from 1970-01-01; a varint of a safe integer takes at most 8 bytes. */
export const MAX_VARINT_BYTES = 8;
const MAX_SHIFTED = 2 ** 31 - 1;
/** What the bits of the last of them count. */
const LAST_SCALE = 128 ** (MAX_VARINT_BYTES - 1);
export const MAX_INSTALLMENT_BYTES = NUMBERS_PER_INSTALLMENT * MAX_VARINT_BYTES;

const SPECIAL_NUMBERS = [
  'settledUnits',
  'settledOn',
  'settledRates',
  'lineFrom',
  'lineBase',
  'flatBase',
  'payment',
  'principalPart',
  'owedNights',
  'owedFrom',
  'chargeRows',
] as const;
const AHEAD_NUMBERS = [
  'seq',
  'principalPaid',
  'principalWaived',
  'interestPaid',
  'interestWaived',
  'feeDue',
  'feeMet',
  'penaltyDue',
  'penaltyMet',
] as const;

/** Writes one varint; returns the offset behind it. Throws InvariantError for what is none. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0) throw new InvariantError('a packed amount is negative', { value });
  if (!Number.isSafeInteger(value)) {
    throw new InvariantError('a packed amount is no safe integer', { value: String(value) });
  }
  let rest = value;
  let to = at;
  // Bits can be shifted in small numbers only.
  while (rest > MAX_SHIFTED) {
    bytes[to] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
    to += 1;
  }
  while (rest >= 128) {
    bytes[to] = (rest & 127) | 128;
    rest >>= 7;
    to += 1;
  }
  bytes[to] = rest;
  return to + 1;
}

/**
 * Reads varints one after the other; one cursor serves a whole task. Bytes that are none, such as a
 * run of 0xff or the end of the buffer, are an InvariantError.
 */
export class VarintCursor {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  seek(bytes: Uint8Array, at: number): void {
    this.#bytes = bytes;
    this.#at = at;
  }

  next(): number {
    const first = this.#bytes[this.#at]!;
    this.#at += 1;
    // Most are: of 21 lifetime totals a running loan has three or four that are not 0.
    if (first < 128) return first;
    let value = first & 127;
    let scale = 128;
    for (;;) {
      const byte = this.#bytes[this.#at]!;
      this.#at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) throw damagedPack(`a number of ${value}`);
        return value;
      }
      if (scale === LAST_SCALE) throw damagedPack('a number without an end');
      scale *= 128;
    }
  }

  isBefore(end: number): boolean {
    return this.#at < end;
  }

  /** Throws InvariantError unless what was read ends at `end`. */
  requireEnd(end: number): void {
    const beyond = this.#at - end;
    if (beyond !== 0) throw damagedPack(`${beyond} bytes read beyond the end`);
  }
}

export function writeInstallment(bytes: Uint8Array, at: number, item: OpenInstallment): number {
  let to = writeVarint(bytes, at, item.seq);
  to = writeVarint(bytes, to, item.dueOn);
  to = writeVarint(bytes, to, item.lastFreeOn);
  const charged = item.penaltyCharged > 0 ? 4 : 0;
  const counts = item.countsFrom > 0 ? 8 : 0;
  to = writeVarint(bytes, to, (item.missed ? 1 : 0) + (item.overdue ? 2 : 0) + charged + counts);
  to = writeVarint(bytes, to, item.principalDue);
  to = writeVarint(bytes, to, item.principalOpen);
  to = writeVarint(bytes, to, item.interestDue);
  to = writeVarint(bytes, to, item.interestOpen);
  to = writeVarint(bytes, to, item.feeDue);
  to = writeVarint(bytes, to, item.feeOpen);
  for (const charge of [item.penalty, item.compound]) {
    to = writeVarint(bytes, to, charge.due);
    to = writeVarint(bytes, to, charge.open);
    to = writeVarint(bytes, to, charge.whole);
    to = writeVarint(bytes, to, charge.rest);
  }
  if (charged > 0) to = writeVarint(bytes, to, item.penaltyCharged);
  return counts === 0 ? to : writeVarint(bytes, to, item.countsFrom);
}

export function readInstallment(cursor: VarintCursor): OpenInstallment {
  const seq = cursor.next();
  const dueOn = cursor.next();
  const lastFreeOn = cursor.next();
  const flags = cursor.next();
  const item: OpenInstallment = {
    seq,
    dueOn,
    lastFreeOn,
    missed: flags % 2 === 1,
    overdue: flags % 4 >= 2,
    principalDue: cursor.next(),
    principalOpen: cursor.next(),
    interestDue: cursor.next(),
    interestOpen: cursor.next(),
    feeDue: cursor.next(),
    feeOpen: cursor.next(),
    penalty: readCharge(cursor),
    compound: readCharge(cursor),
    penaltyCharged: 0,
    countsFrom: 0,
  };
  if (flags % 8 >= 4) item.penaltyCharged = cursor.next();
  if (flags >= 8) item.countsFrom = cursor.next();
  return item;
}

function readCharge(cursor: VarintCursor): OpenInstallment['penalty'] {
  const due = cursor.next();
  const open = cursor.next();
  const whole = cursor.next();
  const rest = cursor.next();
  return { due, open, whole, rest };
}

/** What only a loan with an extraordinary past carries, behind its open instalments. */
export function writeSpecial(bytes: Uint8Array, at: number, special: Special): number {
  let to = at;
  const put = (value: number): void => {
    to = writeVarint(bytes, to, value);
  };
  for (const key of SPECIAL_NUMBERS) put(special[key]);
  put(special.askedLater + 1);
  put(unsigned(special.carried));
  put(special.rates.length);
  for (const step of special.rates) {
    put(step.on);
    put(step.ratePpb);
  }
  put(special.ahead.length);
  for (const item of special.ahead) for (const key of AHEAD_NUMBERS) put(item[key]);
  // Few have it, and the rows of before were written without it.
  if (special.chargedBack > 0) put(special.chargedBack);
  return to;
}

/** `end`: where the packed column ends. */
export function readSpecial(cursor: VarintCursor, end: number): Special {
  const special = blankSpecial();
  for (const key of SPECIAL_NUMBERS) special[key] = cursor.next();
  special.askedLater = cursor.next() - 1;
  special.carried = signed(cursor.next());
  for (let left = cursor.next(); left > 0; left -= 1) {
    special.rates.push({ on: cursor.next(), ratePpb: cursor.next() });
  }
  for (let left = cursor.next(); left > 0; left -= 1) {
    const item = blankAhead(0);
    for (const key of AHEAD_NUMBERS) item[key] = cursor.next();
    special.ahead.push(item);
  }
  if (cursor.isBefore(end)) special.chargedBack = cursor.next();
  return special;
}

function damagedPack(found: string): InvariantError {
  return new InvariantError('packed numbers are damaged', { found });
}

/** Writes the column `open_installments`; nothing where nothing is open or extraordinary. */
export function writeOpen(
  bytes: Uint8Array,
  at: number,
  open: readonly OpenInstallment[],
  special: Special | null,
): number {
  if (open.length === 0 && special === null) return at;
  let to = writeVarint(bytes, at, 2 * open.length + (special === null ? 0 : 1));
  for (const item of open) to = writeInstallment(bytes, to, item);
  return special === null ? to : writeSpecial(bytes, to, special);
}

/** The same as a buffer of its own. */
export function packOpen(open: readonly OpenInstallment[], special: Special | null): Buffer {
  const room = (special === null ? 0 : specialBytes(special)) + MAX_VARINT_BYTES;
  const bytes = Buffer.alloc(room + open.length * MAX_INSTALLMENT_BYTES);
  return bytes.subarray(0, writeOpen(bytes, 0, open, special));
}

/** What the packed column `open_installments` holds. */
export function readOpen(packed: Uint8Array): {
  readonly open: readonly OpenInstallment[];
  readonly special: Special | null;
} {
  if (packed.length === 0) return { open: [], special: null };
  const cursor = new VarintCursor();
  cursor.seek(packed, 0);
  const count = cursor.next();
  const open = Array.from({ length: count >> 1 }, () => readInstallment(cursor));
  return { open, special: count % 2 === 1 ? readSpecial(cursor, packed.length) : null };
}

/** An amount of either sign as one that is not negative, small where it is small. */
function unsigned(amount: number): number {
  return amount < 0 ? -2 * amount - 1 : 2 * amount;
}

function signed(packed: number): number {
  return packed % 2 === 1 ? (packed + 1) / -2 : packed / 2;
}

/** The most bytes that it takes. */
export function specialBytes(special: Special): number {
  const numbers =
    SPECIAL_NUMBERS.length +
    5 +
    2 * special.rates.length +
    AHEAD_NUMBERS.length * special.ahead.length;
  return numbers * MAX_VARINT_BYTES;
}

/** `end`: where the column ends; the last total is only written where there is one. */
export function readTotals(cursor: VarintCursor, totals: number[], end: number): void {
  for (let i = 0; i < REFUNDED; i += 1) totals[i] = cursor.next();
  totals[REFUNDED] = cursor.isBefore(end) ? cursor.next() : 0;
}

export function writeTotals(bytes: Uint8Array, at: number, totals: readonly number[]): number {
  let to = at;
  const length = (totals[REFUNDED] ?? 0) === 0 ? REFUNDED : TOTALS_COUNT;
  for (let i = 0; i < length; i += 1) {
    const total = totals[i]!;
    if (total === 0) {
      bytes[to] = 0;
      to += 1;
    } else to = writeVarint(bytes, to, total);
  }
  return to;
}
