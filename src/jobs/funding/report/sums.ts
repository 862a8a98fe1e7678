import type pg from 'pg';
import { readSql } from '../../../db/sql-file.js';

/** The sums of a group, as its seal has them. */
export interface GroupRow {
  readonly groupId: number;
  readonly loans: number;
  readonly principal: bigint;
  readonly ownPrincipal: bigint;
  readonly ownInterest: bigint;
  readonly partnerPrincipal: bigint;
  readonly partnerInterest: bigint;
}

/** The rows of one of the statements of the report. */
export async function rowsOf<Row extends object>(
  client: pg.Client,
  name: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return (await client.query<Row>(readSql(import.meta.url, name), [...values])).rows;
}

/** A sum is an integer of any size, whatever the connection makes of it. */
export function big(sum: bigint | number | undefined): bigint {
  return BigInt(sum ?? 0);
}
