import type pg from 'pg';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { daySql } from '../day-sql.js';
import { jointGroups, positionRecord, stockOfRecord } from '../joint/joint-stocks.js';

/** What the lender itself has of a customer's loans. */
export interface OwnOfCustomer {
  readonly customer: string;
  readonly principal: Fen;
}

/**
 * The lender's own principal, at the close of a sealed day, of every customer who may have more
 * than `most` of it, and of the one who owes most in all; by the customer's number.
 */
export async function ownOfCustomers(
  client: pg.Client,
  day: EpochDay,
  most: Fen,
): Promise<OwnOfCustomer[]> {
  const { loans } = await jointGroups(client);
  const sql = daySql(import.meta.url, 'customers-above', day, { record: positionRecord('p') });
  const { rows } = await client.query<{ customer: string; principal: Fen; row: Buffer }>(sql, [
    most,
  ]);
  const found = new Map<string, Fen>();
  for (const { customer, principal, row } of rows) {
    const stock = stockOfRecord(loans, row)?.stock;
    const own = stock === undefined ? principal : stock.own[0]! + stock.own[1]!;
    found.set(customer, (found.get(customer) ?? 0) + own);
  }
  return [...found].map(([customer, principal]) => ({ customer, principal }));
}
