import type pg from 'pg';
import type { EpochDay, Fen, LoanId } from '../../../accounting/money/units.js';
import { daySql } from '../day-sql.js';

/** What a loan has accrued in its lifetime by the close of a day. */
export interface Accrued {
  readonly status: number;
  readonly interest: Fen;
}

/** Of loans that have a row of a sealed day. */
export async function accruedAt(
  client: pg.Client,
  day: EpochDay,
  loanIds: readonly LoanId[],
): Promise<Map<LoanId, Accrued>> {
  const { rows } = await client.query<{ loanId: LoanId; status: number; interest: bigint }>(
    daySql(import.meta.url, 'accrued', day),
    [loanIds],
  );
  return new Map(
    rows.map(({ loanId, status, interest }) => [loanId, { status, interest: Number(interest) }]),
  );
}
