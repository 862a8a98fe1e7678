import type pg from 'pg';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { isoTime } from '../runs/list-runs.js';
import type { ImportKindName } from './row-intake.js';

/** One import; times are ISO 8601, UTC. */
export interface ImportLine {
  readonly importId: number;
  readonly kind: ImportKindName;
  readonly name: string;
  readonly rowsTaken: number;
  readonly rowsRejected: number;
  /** Of the rows taken, those that deltas have replaced since. */
  readonly rowsReplaced: number;
  readonly amount: string;
  readonly importedAt: string;
  /** Null: it stands. */
  readonly cancelledAt: string | null;
  readonly cancelReason: string;
}

/** The newest imports first. */
export async function listImports(client: pg.Client, limit: number): Promise<ImportLine[]> {
  const { rows } = await client.query<
    Omit<ImportLine, 'amount'> & { amount: bigint; digits: number }
  >(
    `SELECT import_id AS "importId", kind, name, rows_taken AS "rowsTaken",
       rows_rejected AS "rowsRejected",
       (SELECT coalesce(sum(r.rows), 0)::bigint FROM replaced_import r
        WHERE r.of_import = f.import_id) AS "rowsReplaced",
       amount, ${isoTime('imported_at')} AS "importedAt",
       ${isoTime('cancelled_at')} AS "cancelledAt", cancel_reason AS "cancelReason",
       minor_digits AS digits
     FROM imported_file f CROSS JOIN book ORDER BY import_id DESC LIMIT $1`,
    [limit],
  );
  return rows.map(({ digits, amount, ...line }) => ({
    ...line,
    amount: formatAmount(amount, digits),
  }));
}
