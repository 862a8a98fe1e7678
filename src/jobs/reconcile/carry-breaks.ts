import type pg from 'pg';

/**
 * Earlier breaks that this statement, or a close since, explains: a side that was missing came, an
 * order that waited was posted. Returns the suspense that is free again, signed as it went in.
 */
export async function carryBreaks(
  client: pg.Client,
  code: string,
  statementId: number,
  openDay: string,
): Promise<number> {
  await resolve(client, statementId, openDay, {
    from: 'SELECT break_id FROM around WHERE break_id IS NOT NULL',
    resolution: 'cross_day',
    reason: 'the line came in a later statement',
  });
  await resolve(client, statementId, openDay, {
    from: 'SELECT break_id FROM carried',
    resolution: 'cross_day',
    reason: 'the event came on a later day',
  });
  await closeWaiting(client, code, statementId, openDay);
  const { rows } = await client.query<{ released: number }>(
    'SELECT coalesce(sum(suspense), 0)::bigint AS released FROM carried',
  );
  return rows[0]!.released;
}

interface Explained {
  readonly from: string;
  readonly resolution: string;
  readonly reason: string;
}

async function resolve(
  client: pg.Client,
  statementId: number,
  openDay: string,
  { from, resolution, reason }: Explained,
): Promise<void> {
  await client.query(
    `UPDATE recon_break SET state = 'resolved', resolution = $2, reason = $3, resolved_on = $4,
       resolved_by_statement = $1
     WHERE state = 'open' AND break_id IN (${from})`,
    [statementId, resolution, reason, openDay],
  );
}

/**
 * Orders that waited for their close and have had it: posted, they match; rejected, they stand as a
 * break of status. Closed days are few, so the outcomes are looked up by key.
 */
async function closeWaiting(
  client: pg.Client,
  code: string,
  statementId: number,
  openDay: string,
): Promise<void> {
  await client.query(
    `CREATE TEMP TABLE closed ON COMMIT DROP AS
     SELECT DISTINCT ON (b.break_id) b.break_id, o.rule FROM recon_break b
     JOIN statement t ON t.statement_id = b.statement_id AND t.code = $1
     JOIN event e ON e.bucket = b.bucket AND e.loan_id = b.loan_id AND e.event_id = b.event_id
     JOIN event_outcome o ON o.business_date = e.business_date AND o.bucket = e.bucket
       AND o.loan_id = e.loan_id AND o.event_id = e.event_id
     WHERE b.state = 'open' AND b.type = 'unposted'`,
    [code],
  );
  await client.query(
    `INSERT INTO recon_break (statement_id, type, order_no, line, bucket, loan_id, event_id,
       their_amount, our_amount, ledger_amount, difference, suspense, our_status, since,
       pend_until, state)
     SELECT $1, 'status', b.order_no, b.line, b.bucket, b.loan_id, b.event_id, b.their_amount,
       b.our_amount, 0, b.their_amount, b.their_amount, 'rejected', b.since, b.since, 'open'
     FROM recon_break b JOIN closed c USING (break_id) WHERE c.rule <> ''`,
    [statementId],
  );
  await resolve(client, statementId, openDay, {
    from: `SELECT break_id FROM closed WHERE rule = ''`,
    resolution: 'posted',
    reason: 'the close of its day posted it',
  });
  await resolve(client, statementId, openDay, {
    from: `SELECT break_id FROM closed WHERE rule <> ''`,
    resolution: 'rejected',
    reason: 'the close of its day rejected it: it stands as a break of status',
  });
}
