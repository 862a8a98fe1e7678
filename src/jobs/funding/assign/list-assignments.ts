import type pg from 'pg';
import { readSql } from '../../../db/sql-file.js';

/** A list of loans that changed hands; amounts in minor units. */
export interface AssignmentRow {
  readonly code: string;
  readonly version: number;
  readonly kind: string;
  readonly day: string;
  /** As `ABS-1 1`; `own`: the lender alone. */
  readonly plan: string;
  readonly buyer: string;
  readonly loans: number;
  /** Those that no later list took over. */
  readonly stillThere: number;
  readonly sold: number;
  readonly price: number;
  readonly assignedBy: string;
  readonly checker: string;
}

export interface ListedAssignments {
  readonly minorDigits: number;
  readonly assignments: readonly AssignmentRow[];
}

/** Everything that changed hands, in the order in which it did. */
export async function listAssignments(client: pg.Client): Promise<ListedAssignments> {
  const { rows } = await client.query<AssignmentRow & { digits: number }>(
    readSql(import.meta.url, 'list'),
  );
  const assignments = rows.map(({ digits, ...row }) => row);
  return { minorDigits: rows[0]?.digits ?? 2, assignments };
}
