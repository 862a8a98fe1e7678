import type pg from 'pg';

/** A loan with its product and the book, as stored; dates ISO 8601, amounts in minor units. */
export interface LoanRow {
  readonly bucket: number;
  readonly loanId: number;
  readonly groupId: number;
  readonly minorDigits: number;
  readonly currency: string;
  readonly lastSealed: string | null;
  readonly asOfIsSealed: boolean;
  readonly product: string;
  readonly version: number;
  readonly productName: string;
  readonly document: string;
  readonly sha256: string;
  readonly reading: number;
  readonly org: string;
  readonly fundingPlan: string;
  readonly principal: number;
  readonly rate: string;
  readonly periods: number;
  readonly disbursedOn: string;
  readonly firstDueOn: string | null;
  readonly bornOn: string;
  readonly paidPeriods: number;
}

/** Undefined: the book has no such loan. */
export async function findLoan(
  client: pg.Client,
  bucket: number,
  loanNo: string,
  asOf: string | null,
): Promise<LoanRow | undefined> {
  const { rows } = await client.query<LoanRow>(
    `SELECT l.bucket, l.loan_id AS "loanId", l.group_id AS "groupId",
       b.minor_digits AS "minorDigits", b.currency,
       (SELECT max(business_date) FROM sealed_day) AS "lastSealed",
       EXISTS (SELECT FROM sealed_day s WHERE s.business_date = $3) AS "asOfIsSealed",
       p.code AS product, p.version, p.name AS "productName", p.document, p.sha256, p.reading,
       l.org, g.funding_plan AS "fundingPlan", l.principal, l.rate, l.periods,
       l.disbursed_on AS "disbursedOn", l.first_due_on AS "firstDueOn", l.born_on AS "bornOn",
       l.paid_periods AS "paidPeriods"
     FROM loan l CROSS JOIN book b
       JOIN product_version p ON p.product_id = l.product_id
       JOIN accounting_group g ON g.group_id = l.group_id
     WHERE l.bucket = $1 AND l.loan_no = $2`,
    [bucket, loanNo, asOf],
  );
  return rows[0];
}

export interface StoredSchedule {
  readonly dueOn: readonly string[];
  readonly principal: readonly number[];
  readonly interest: readonly number[];
  readonly balanceAfter: readonly number[];
}

/** The version of the position, else the newest. */
export async function loadSchedule(
  client: pg.Client,
  loan: LoanRow,
  version: number | null,
): Promise<StoredSchedule | undefined> {
  const { rows } = await client.query<StoredSchedule>(
    `SELECT due_on AS "dueOn", principal, interest, balance_after AS "balanceAfter"
     FROM schedule WHERE bucket = $1 AND loan_id = $2 AND ($3::smallint IS NULL OR version = $3)
     ORDER BY version DESC LIMIT 1`,
    [loan.bucket, loan.loanId, version],
  );
  return rows[0];
}

/** What the position that a loan came with says of its instalments. */
export interface StoredOpening {
  readonly cutOverOn: string;
  readonly seq: readonly number[];
  readonly dueOn: readonly string[];
  readonly principal: readonly number[];
  readonly interest: readonly number[];
  readonly fee: readonly number[];
}

export async function loadOpening(
  client: pg.Client,
  { bucket, loanId }: LoanRow,
): Promise<StoredOpening | undefined> {
  const { rows } = await client.query<StoredOpening>(
    `SELECT cut_over_on AS "cutOverOn", seq, due_on AS "dueOn", principal, interest, fee
     FROM opening_position WHERE bucket = $1 AND loan_id = $2`,
    [bucket, loanId],
  );
  return rows[0];
}

export interface StoredPosition {
  readonly businessDate: string;
  readonly foldedOn: string;
  readonly status: number;
  readonly classification: number;
  readonly overdueBucket: number;
  readonly daysPastDue: number;
  readonly accruing: boolean;
  readonly scheduleVersion: number;
  readonly nextSeq: number;
  readonly nextDueOn: string;
  readonly principal: number;
  readonly principalOverdue: number;
  readonly interestAccrued: number;
  readonly interestDue: number;
  readonly penaltyDue: number;
  readonly compoundDue: number;
  readonly feeDue: number;
  readonly suspense: number;
  readonly refundDue: number;
  readonly openInstallments: Buffer;
}

const POSITION = `SELECT business_date AS "businessDate", folded_on AS "foldedOn", status,
    classification, overdue_bucket AS "overdueBucket", days_past_due AS "daysPastDue", accruing,
    schedule_version AS "scheduleVersion", next_seq AS "nextSeq", next_due_on AS "nextDueOn",
    principal, principal_overdue AS "principalOverdue", interest_accrued AS "interestAccrued",
    interest_due AS "interestDue", penalty_due AS "penaltyDue", compound_due AS "compoundDue",
    fee_due AS "feeDue", greatest(suspense, 0) AS suspense,
    greatest(0 - suspense, 0) AS "refundDue", open_installments AS "openInstallments"
  FROM position WHERE bucket = $1 AND loan_id = $2`;

/** The position of the day; of a loan that was closed before, its last one. */
export async function loadPosition(
  client: pg.Client,
  loan: LoanRow,
  asOf: string,
): Promise<StoredPosition | undefined> {
  const key = [loan.bucket, loan.loanId, asOf];
  const ofDay = await client.query<StoredPosition>(`${POSITION} AND business_date = $3`, key);
  if (ofDay.rows[0] !== undefined || loan.bornOn > asOf) return ofDay.rows[0];
  const { rows } = await client.query<StoredPosition>(
    `${POSITION} AND business_date BETWEEN $4 AND $3 ORDER BY business_date DESC LIMIT 1`,
    [...key, loan.bornOn],
  );
  return rows[0];
}

export async function loadHeld(
  client: pg.Client,
  loan: LoanRow,
  asOf: string,
): Promise<{ since: string; reason: string } | null> {
  const { rows } = await client.query<{ since: string; reason: string }>(
    `SELECT held_since AS since, reason FROM held_loan
     WHERE business_date = $3 AND bucket = $1 AND loan_id = $2`,
    [loan.bucket, loan.loanId, asOf],
  );
  return rows[0] ?? null;
}

export interface StoredEvent {
  readonly eventId: number;
  readonly type: number;
  readonly ref: string;
  readonly valueDate: string;
  readonly businessDate: string;
  /** The day whose close judged it: a later one where the loan was held; null: none yet. */
  readonly postedOn: string | null;
  readonly amount: number;
  /** Null: no close has met it. */
  readonly rule: string | null;
  readonly allocated: number | null;
  readonly toSuspense: number | null;
  /** Empty for all but transfers. */
  readonly buyer: string;
  readonly dueOn: string;
}

export async function loadEvents(
  client: pg.Client,
  loan: LoanRow,
  asOf: string,
): Promise<StoredEvent[]> {
  const { rows } = await client.query<StoredEvent>(
    `SELECT e.event_id AS "eventId", e.type, e.ref, e.value_date AS "valueDate",
       e.business_date AS "businessDate", o.posted_on AS "postedOn", e.amount, o.rule, o.allocated,
       o.to_suspense AS "toSuspense", e.buyer, e.due_on AS "dueOn"
     FROM event e LEFT JOIN (
       -- A day that changed the past has outcomes of its own: amounts add up, the last rule holds.
       SELECT event_id, min(business_date) AS posted_on, sum(allocated)::bigint AS allocated,
         sum(to_suspense)::bigint AS to_suspense,
         (array_agg(rule ORDER BY business_date DESC))[1] AS rule
       FROM event_outcome
       WHERE bucket = $1 AND loan_id = $2 AND business_date BETWEEN $4 AND $3
       GROUP BY event_id
     ) o ON o.event_id = e.event_id
     WHERE e.bucket = $1 AND e.loan_id = $2 AND e.business_date <= $3
     ORDER BY e.event_id`,
    [loan.bucket, loan.loanId, asOf, loan.bornOn],
  );
  return rows;
}

export interface StoredAllocation {
  /** A code of LINE. */
  readonly kind: number;
  readonly eventId: number;
  readonly seq: number;
  readonly component: number;
  readonly amount: number;
}

export async function loadAllocations(
  client: pg.Client,
  loan: LoanRow,
  asOf: string,
): Promise<StoredAllocation[]> {
  const { rows } = await client.query<StoredAllocation>(
    `SELECT kind, event_id AS "eventId", seq, component, sum(amount)::bigint AS amount
     FROM allocation
     WHERE bucket = $1 AND loan_id = $2 AND business_date BETWEEN $4 AND $3
     GROUP BY kind, event_id, seq, component HAVING sum(amount) <> 0
     ORDER BY min(business_date), min(ordinal)`,
    [loan.bucket, loan.loanId, asOf, loan.bornOn],
  );
  return rows;
}

export interface StoredEntry {
  readonly businessDate: string;
  readonly voucher: number;
  readonly account: string;
  readonly name: string;
  readonly nameZh: string;
  readonly amount: number;
  readonly kind: number;
  readonly ref: string | null;
}

export async function loadEntries(
  client: pg.Client,
  loan: LoanRow,
  asOf: string,
): Promise<StoredEntry[]> {
  const { rows } = await client.query<StoredEntry>(
    `SELECT j.business_date AS "businessDate", j.voucher, a.code AS account, a.name,
       a.name_zh AS "nameZh", j.amount, j.kind, e.ref
     FROM journal_line j JOIN account a ON a.account_id = j.account_id
       LEFT JOIN event e ON e.bucket = $1 AND e.loan_id = $2 AND e.event_id = j.event_id
     WHERE j.bucket = $1 AND j.loan_id = $2 AND j.business_date BETWEEN $4 AND $3
     ORDER BY j.business_date, j.voucher, j.line`,
    [loan.bucket, loan.loanId, asOf, loan.bornOn],
  );
  return rows;
}
