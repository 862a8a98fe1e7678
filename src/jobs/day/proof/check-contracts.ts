import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { copyRows } from '../../../db/copy/copy-stream.js';
import {
  type ChangedContract,
  CONTRACT_COLUMNS,
  CONTRACT_FIELDS,
  changedContract,
} from '../contract.js';
import { BIRTH_JOINS } from '../task-input.js';
import type { DayDifference, DayRange } from './check-inputs.js';

const SHOWN_MAX = 20;

/**
 * Holds every contract that came into the book in a range of days (loan, first schedule and the
 * event that brought it) against its digest, and the digests of each task against the hash of its
 * step. What is there and belongs to no contract, or a digest whose contract is gone, is named too.
 */
export async function contractDifferences(
  client: pg.Client,
  range: DayRange,
): Promise<DayDifference[]> {
  return [
    ...(await changedContracts(client, range)),
    ...(await hashDifferences(client, range)),
    ...(await strays(client, range)),
  ];
}

async function changedContracts(client: pg.Client, range: DayRange): Promise<DayDifference[]> {
  const { from, to } = range;
  const changed: ChangedContract[] = [];
  const select = `SELECT ${CONTRACT_COLUMNS}, d.digest FROM loan_digest d
      JOIN event e ON e.bucket = d.bucket AND e.loan_id = d.loan_id AND is_birth(e.type)
      ${BIRTH_JOINS}
    WHERE s.version = 1 AND d.born_on BETWEEN '${formatDay(from)}' AND '${formatDay(to)}'`;
  await copyRows(client, select, CONTRACT_FIELDS + 1, (view, at, bytes) => {
    const found = changedContract(view, at, bytes);
    if (found !== undefined && changed.length < SHOWN_MAX) changed.push(found);
  });
  const { rows } = await client.query<{ id: number; no: string; day: string }>(
    `SELECT u.loan_id AS id, l.loan_no AS no, coalesce(d.born_on, l.born_on)::text AS day
     FROM unnest($1::bigint[]) AS u (loan_id)
     JOIN loan l ON l.bucket = (u.loan_id >> 32) AND l.loan_id = u.loan_id
     LEFT JOIN loan_digest d ON d.bucket = l.bucket AND d.loan_id = l.loan_id`,
    [changed.map(({ loanId }) => loanId)],
  );
  const named = new Map(rows.map((row) => [row.id, row]));
  return changed.map(({ loanId, expected, actual }) => {
    const { no = String(loanId), day = formatDay(from) } = named.get(loanId) ?? {};
    return { day, place: `loan, schedule, event or opening_position of ${no}`, expected, actual };
  });
}

/** The digests of each task's contracts are those that its step was committed with. */
async function hashDifferences(
  client: pg.Client,
  { from, to }: DayRange,
): Promise<DayDifference[]> {
  const { rows } = await client.query<DayDifference>(
    `SELECT day::text, 'loan_digest of task ' || task || ', buckets ' || bucket_from || ' to '
       || bucket_to AS place, encode(expected, 'hex') AS expected, encode(actual, 'hex') AS actual
     FROM (
       SELECT s.business_date AS day, t.task, t.bucket_from, t.bucket_to,
         t.contracts_hash AS expected,
         sha256(coalesce(string_agg(d.digest, NULL ORDER BY d.bucket, d.loan_id), '')) AS actual
       FROM sealed_day s JOIN step t ON t.run_id = s.run_id AND t.phase = 'fold'
       LEFT JOIN loan_digest d ON d.born_on = s.business_date
         AND d.bucket BETWEEN t.bucket_from AND t.bucket_to
       WHERE s.inputs_hash IS NOT NULL AND s.business_date BETWEEN $1 AND $2
       GROUP BY 1, 2, 3, 4, 5
     ) AS tasks WHERE expected IS DISTINCT FROM actual ORDER BY day, task LIMIT ${SHOWN_MAX}`,
    [formatDay(from), formatDay(to)],
  );
  return rows;
}

async function strays(client: pg.Client, { from, to }: DayRange): Promise<DayDifference[]> {
  const { rows } = await client.query<DayDifference>(
    `SELECT coalesce(day, $2::date)::text AS day, place, expected, actual FROM (
       SELECT d.born_on AS day, 'loan_digest ' || d.bucket || '/' || d.loan_id AS place,
         'a contract' AS expected, 'gone' AS actual
       FROM loan_digest d WHERE NOT EXISTS (
         SELECT FROM event e ${BIRTH_JOINS}
         WHERE e.bucket = d.bucket AND e.loan_id = d.loan_id AND is_birth(e.type) AND s.version = 1)
       UNION ALL
       SELECT l.born_on, 'loan ' || l.loan_no, 'no row', 'a row' FROM loan l
       WHERE l.born_on <= $2 AND NOT EXISTS (
         SELECT FROM loan_digest d WHERE d.bucket = l.bucket AND d.loan_id = l.loan_id)
         AND NOT EXISTS (SELECT FROM held_loan h WHERE h.business_date = $2::date
           AND h.bucket = l.bucket AND h.loan_id = l.loan_id)
       UNION ALL
       SELECT NULL, 'schedule ' || concat_ws('/', s.bucket, s.loan_id, s.version), 'no row', 'a row'
       FROM schedule s WHERE NOT EXISTS (
         SELECT FROM loan l WHERE l.bucket = s.bucket AND l.loan_id = s.loan_id)
       UNION ALL
       SELECT NULL, 'opening_position ' || o.bucket || '/' || o.loan_id, 'no row', 'a row'
       FROM opening_position o WHERE NOT EXISTS (
         SELECT FROM loan l WHERE l.bucket = o.bucket AND l.loan_id = o.loan_id)
     ) AS found
     WHERE coalesce(day, $2::date) BETWEEN $1 AND $2 ORDER BY 1, 2 LIMIT ${SHOWN_MAX}`,
    [formatDay(from), formatDay(to)],
  );
  return rows;
}
