import type pg from 'pg';

export interface EodStatus {
  readonly openDay: string;
  readonly firstDay: string;
  readonly lastSealed: string | null;
  readonly chainHash: string | null;
  /** The unfinished close of the open day, if it was begun. */
  readonly run: {
    readonly runId: number;
    readonly tasksDone: number;
    readonly tasks: number;
    readonly held: number;
    readonly holder: string | null;
    readonly isHeld: boolean;
  } | null;
  readonly eventsWaiting: number;
}

/** Where the book stands: its open day, its last sealed one and the close under way. */
export async function eodStatus(client: pg.Client): Promise<EodStatus | undefined> {
  const { rows } = await client.query<Omit<EodStatus, 'run'>>(
    `SELECT business_date AS "openDay", first_business_date AS "firstDay",
       (SELECT max(business_date) FROM sealed_day) AS "lastSealed",
       (SELECT encode(chain_hash, 'hex') FROM sealed_day ORDER BY business_date DESC LIMIT 1)
         AS "chainHash",
       (SELECT count(*) FROM event e WHERE e.business_date = book.business_date) AS "eventsWaiting"
     FROM book`,
  );
  const book = rows[0];
  if (book === undefined) return undefined;
  const found = await client.query<NonNullable<EodStatus['run']>>(
    `SELECT r.run_id AS "runId", r.tasks,
       (SELECT count(*) FROM step s
        WHERE s.run_id = r.run_id AND s.phase = 'fold' AND s.status = 'done') AS "tasksDone",
       (SELECT count(*) FROM held_loan h WHERE h.business_date = r.business_date) AS held,
       r.holder, coalesce(r.lease_until > clock_timestamp(), false) AS "isHeld"
     FROM run r WHERE r.job = 'eod' AND r.status = 'open'`,
  );
  return { ...book, run: found.rows[0] ?? null };
}
