import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { EVENT_TYPE } from '../../accounting/events/loan-event.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { ENTRY_KIND } from '../ledger/entry.js';
import type { LoanRow } from './loan-queries.js';

/** What one event did to a component of a loan on one day, all its lines of a kind summed. */
export interface StatementAllocation {
  readonly businessDate: string;
  readonly eventId: number;
  /** A code of LINE. */
  readonly kind: number;
  readonly component: number;
  readonly amount: Fen;
}

export async function loadStatementAllocations(
  client: pg.Client,
  loan: LoanRow,
  to: EpochDay,
): Promise<StatementAllocation[]> {
  const { rows } = await client.query<StatementAllocation>(
    `SELECT business_date AS "businessDate", event_id AS "eventId", kind, component,
       sum(amount)::bigint AS amount
     FROM allocation WHERE bucket = $1 AND loan_id = $2 AND business_date BETWEEN $3 AND $4
     GROUP BY business_date, event_id, kind, component`,
    [loan.bucket, loan.loanId, loan.bornOn, formatDay(to)],
  );
  return rows;
}

/** What one event moved on one day on the accounts of a loan's principal and of money held. */
export interface StatementMove {
  readonly businessDate: string;
  readonly eventId: number;
  /** Debit positive. What a write-off takes off the books is left out: it is owed as before. */
  readonly principal: Fen;
  /** Held for the customer: credit positive. */
  readonly suspense: Fen;
  /** Owed by the customer for a refund: debit positive. */
  readonly refundDue: Fen;
}

export async function loadStatementMoves(
  client: pg.Client,
  loan: LoanRow,
  to: EpochDay,
): Promise<StatementMove[]> {
  const { rows } = await client.query<StatementMove>(
    `SELECT j.business_date AS "businessDate", j.event_id AS "eventId",
       coalesce(sum(j.amount) FILTER (WHERE a.subledger LIKE 'principal%'
         AND e.type IS DISTINCT FROM $5), 0)::bigint AS principal,
       0 - coalesce(sum(j.amount) FILTER (WHERE a.subledger = 'suspense'), 0)::bigint AS suspense,
       coalesce(sum(j.amount) FILTER (WHERE a.subledger = 'refund_due'), 0)::bigint AS "refundDue"
     FROM journal_line j JOIN account a ON a.account_id = j.account_id
       LEFT JOIN event e ON e.bucket = $1 AND e.loan_id = $2 AND e.event_id = j.event_id
     WHERE j.bucket = $1 AND j.loan_id = $2 AND j.business_date BETWEEN $3 AND $4
       AND j.kind < ${ENTRY_KIND}
       AND a.subledger IN ('principal_normal', 'principal_overdue', 'suspense', 'refund_due')
     GROUP BY j.business_date, j.event_id`,
    [loan.bucket, loan.loanId, loan.bornOn, formatDay(to), EVENT_TYPE.write_off],
  );
  return rows;
}
