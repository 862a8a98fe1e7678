import type pg from 'pg';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import { nullField } from '../../db/copy/copy-array.js';
import type { TupleWriter } from '../../db/copy/tuple-writer.js';
import { INVISIBLE, lookOf } from '../book/look.js';

/**
 * Writes the look of a number and its bucket; nothing twice where the number is its own look, and
 * returns false.
 */
export function putLook(writer: TupleWriter, loanNo: string): boolean {
  const look = lookOf(loanNo);
  if (look === loanNo) {
    nullField(writer);
    nullField(writer);
  } else {
    writer.text(look);
    writer.int2(bucketOf(look));
  }
  return look !== loanNo;
}

/** A number as it can be told from its likes: what is invisible in it is written as a code. */
export function shownNumber(loanNo: string): string {
  const coded = (char: string) => `\\u{${char.codePointAt(0)!.toString(16)}}`;
  return loanNo.replace(INVISIBLE, coded);
}

/** Works out the looks of loans that are older than the table of them. */
export async function fillLooks(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ loan_no: string }>(
    'SELECT loan_no FROM loan_look WHERE look IS NULL',
  );
  if (rows.length === 0) return;
  const numbers = rows.map(({ loan_no }) => loan_no);
  await client.query(
    `UPDATE loan_look k SET look = given.look
     FROM unnest($1::text[], $2::text[]) AS given (loan_no, look)
     WHERE k.look IS NULL AND k.loan_no = given.loan_no`,
    [numbers, numbers.map(lookOf)],
  );
}
