import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { requireKeys } from './book-keys.js';
import type { KeySource } from './key-source.js';
import { keyedHash, type SuiteKey } from './suite.js';

/** A customer that was erased: by whom, and why. */
export interface Erasure {
  readonly party: string;
  /** The business day that was open, YYYY-MM-DD. */
  readonly erasedOn: string;
  readonly reason: string;
  readonly maker: string;
  readonly checker: string;
  /** A keyed hash of the rest, in hexadecimal digits. */
  readonly proof: string;
}

const FIELDS = ['party', 'erasedOn', 'reason', 'maker', 'checker', 'proof'] as const;

/** The list of a book, in the order in which they were erased. */
export async function listErasures(client: pg.Client): Promise<Erasure[]> {
  const { rows } = await client.query<Erasure>(
    `SELECT party_no AS party, erased_on::text AS "erasedOn", reason, maker, checker,
       encode(proof, 'hex') AS proof
     FROM party_erasure ORDER BY recorded_at, party_no`,
  );
  return rows;
}

/** Proves that a row of a list was written by who has the keys of this book. */
export class ErasureProof {
  readonly #key: SuiteKey;

  private constructor(lookUp: SuiteKey) {
    this.#key = { suite: lookUp.suite, key: keyedHash(lookUp, 'erasure') };
  }

  /** Throws what `requireKeys` throws. */
  static async of(client: pg.Client, source: KeySource): Promise<ErasureProof> {
    return new ErasureProof((await requireKeys(client, source)).lookUp);
  }

  of(row: Omit<Erasure, 'proof'>): Buffer {
    const { party, erasedOn, reason, maker, checker } = row;
    return keyedHash(this.#key, JSON.stringify([party, erasedOn, reason, maker, checker]));
  }
}

/** A list as `party erasures --json` prints it. Throws LoanbookError `invalid_erasures` (2). */
export function parseErasures(text: string, file: string): Erasure[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidErasures(file, 'JSON');
  }
  const rows = (value as { erasures?: unknown } | null)?.erasures;
  if (!Array.isArray(rows)) throw invalidErasures(file, 'a list of `erasures`');
  return rows.map((row: unknown, at) => {
    const fields = (row ?? {}) as Partial<Record<string, unknown>>;
    const wrong = FIELDS.find((name) => typeof fields[name] !== 'string');
    if (wrong !== undefined) throw invalidErasures(file, `${wrong} is a text`, at + 1);
    if (parseDay(String(fields.erasedOn)) === undefined) {
      throw invalidErasures(file, 'erasedOn is a date', at + 1);
    }
    return fields as unknown as Erasure;
  });
}

export function invalidErasures(file: string, rule: string, row?: number): LoanbookError {
  return new LoanbookError('invalid_erasures', 'This is no list of erasures of this book.', {
    exitCode: EXIT.usage,
    evidence: { file, row, rule },
    next: 'Give the list as `loanbook party erasures --json` printed it.',
  });
}
