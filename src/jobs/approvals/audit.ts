import type pg from 'pg';

export interface AuditEntry {
  /** The command's words, such as `product apply`. */
  readonly action: string;
  readonly subject: string | number;
  readonly reason?: string;
  /** State before and after, without anybody's data; documents by their hashes. */
  readonly before?: object;
  readonly after?: object;
  /** Left out: who the session acts as. */
  readonly by?: string;
}

/** Writes into the audit; call it last in a transaction, since others wait for its end. */
export async function writeAudit(client: pg.Client, entry: AuditEntry): Promise<void> {
  const { action, subject, reason = '', before, after, by } = entry;
  await client.query('SELECT write_audit($1, $2, $3, $4, $5, $6)', [
    action,
    String(subject),
    reason,
    before === undefined ? null : JSON.stringify(before),
    after === undefined ? null : JSON.stringify(after),
    by ?? null,
  ]);
}

export interface AuditRow {
  readonly number: number;
  readonly at: string;
  readonly action: string;
  readonly subject: string;
  readonly person: string | null;
  readonly login: string;
  /** What proves the person: null for a row of before the chain. */
  readonly logins: 'shared' | 'personal' | 'unregistered' | null;
  readonly reason: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly hash: string;
}

export interface AuditFilter {
  readonly action?: string;
  readonly subject?: string;
  readonly person?: string;
  readonly limit?: number;
}

/** Rows of the audit, the newest first. */
export async function listAudit(client: pg.Client, filter: AuditFilter): Promise<AuditRow[]> {
  const { rows } = await client.query<AuditRow>(
    `SELECT audit_id AS number, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at, action, subject,
       person, login, logins, reason, before, after, encode(hash, 'hex') AS hash
     FROM audit WHERE ($1::text IS NULL OR action = $1) AND ($2::text IS NULL OR subject = $2)
       AND ($3::text IS NULL OR person_key(person) = person_key($3))
     ORDER BY audit_id DESC LIMIT $4`,
    [filter.action ?? null, filter.subject ?? null, filter.person ?? null, filter.limit ?? null],
  );
  return rows;
}

export interface AuditProof {
  readonly ok: boolean;
  readonly rows: number;
  /** The first row that does not fit, with what is wrong. */
  readonly firstBroken: { readonly number: number; readonly rule: BrokenRule } | null;
  /** Hash of the last row. */
  readonly head: string;
  /** Rows of before the chain: it holds them as they were found then. */
  readonly beforeChain: number;
  /** Rows of a time at which logins were shared: the person is as was said. */
  readonly namedOnly: number;
  readonly unregistered: number;
}

/** A row is gone, or its content or hash is another one, or the head names another end. */
export type BrokenRule = 'row_missing' | 'row_changed' | 'head_differs';

/** Works every hash of the audit out again, in one snapshot. */
export async function verifyAudit(client: pg.Client): Promise<AuditProof> {
  const { rows } = await client.query<Omit<AuditProof, 'ok' | 'firstBroken'> & Broken>(VERIFY);
  const { missing, changed, headId, headFits, ...counts } = rows[0]!;
  const firstBroken = brokenOf({ missing, changed, headId, headFits }, counts.rows);
  return { ok: firstBroken === null, ...counts, firstBroken };
}

interface Broken {
  readonly missing: number | null;
  readonly changed: number | null;
  readonly headId: number | null;
  readonly headFits: boolean;
}

function brokenOf(
  { missing, changed, headId, headFits }: Broken,
  rows: number,
): AuditProof['firstBroken'] {
  if (missing !== null && (changed === null || missing <= changed)) {
    return { number: missing, rule: 'row_missing' };
  }
  if (changed !== null) return { number: changed, rule: 'row_changed' };
  if (headId !== null && headId > rows) return { number: rows + 1, rule: 'row_missing' };
  return headFits ? null : { number: rows, rule: 'head_differs' };
}

/** Row k has number k; a row behind a missing one would not fit either, so the first one counts. */
const VERIFY = `WITH linked AS (
    SELECT audit_id, logins, hash, row_number() OVER w AS place,
      audit_hash(coalesce(lag(hash) OVER w, ''), audit_id, at, login, person, logins, action,
        subject, reason, before, after) AS own
    FROM audit WINDOW w AS (ORDER BY audit_id)
  ), found AS (
    SELECT count(*) AS rows, min(place) FILTER (WHERE audit_id <> place) AS missing,
      min(audit_id) FILTER (WHERE hash IS DISTINCT FROM own) AS changed,
      count(*) FILTER (WHERE logins IS NULL) AS before_chain,
      count(*) FILTER (WHERE logins = 'shared') AS named_only,
      count(*) FILTER (WHERE logins = 'unregistered') AS unregistered
    FROM linked
  )
  SELECT f.rows, f.missing, f.changed, f.before_chain AS "beforeChain",
    f.named_only AS "namedOnly", f.unregistered, h.audit_id AS "headId",
    coalesce(encode(h.hash, 'hex'), '') AS head,
    h.audit_id IS NOT DISTINCT FROM f.rows AND h.hash IS NOT DISTINCT FROM coalesce(
      (SELECT hash FROM audit ORDER BY audit_id DESC LIMIT 1), '') AS "headFits"
  FROM found f LEFT JOIN audit_head h ON true`;
