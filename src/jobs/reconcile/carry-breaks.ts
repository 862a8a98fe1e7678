import type pg from 'pg';
import { readSql } from '../../db/sql-file.js';
import type { ChannelDocument } from './documents/channel-document.js';
import { eventTypesOf } from './match-channel.js';

/**
 * Earlier breaks that this statement, or a close since, explains: a side that was missing came, an
 * order that waited was posted. Returns the suspense that is free again, signed as it went in.
 */
export async function carryBreaks(
  client: pg.Client,
  channel: ChannelDocument,
  statementId: number,
  openDay: string,
): Promise<bigint> {
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
  await client.query(readSql(import.meta.url, 'undone-shorts'), [channel.code]);
  await resolve(client, statementId, openDay, {
    from: 'SELECT break_id FROM undone_short',
    resolution: 'reversed',
    reason: 'our event was reversed',
  });
  await closeWaiting(client, channel, statementId, openDay);
  const { rows } = await client.query<{ released: bigint }>(
    'SELECT coalesce(sum(suspense), 0) AS released FROM carried',
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
    `SELECT move_breaks(array_agg(break_id), jsonb_build_object('state', 'resolved',
       'resolution', $2::text, 'reason', $3::text, 'resolved_on', $4::date,
       'resolved_by_statement', $1::integer))
     FROM recon_break WHERE state = 'open' AND break_id IN (${from})`,
    [statementId, resolution, reason, openDay],
  );
}

/**
 * Orders that waited for their close and have had it: posted with the amount of the line they
 * match; rejected, they stand as a break of status, with another amount as one of amount.
 */
async function closeWaiting(
  client: pg.Client,
  { code, tolerance, ...channel }: ChannelDocument,
  statementId: number,
  openDay: string,
): Promise<void> {
  await client.query(readSql(import.meta.url, 'closed'), [code, eventTypesOf(channel)]);
  await client.query(readSql(import.meta.url, 'closed-breaks'), [statementId, tolerance, openDay]);
  const ends = [
    ['posted', 'posted = their_amount', 'the close of its day posted it'],
    ['rejected', 'posted = 0', 'the close of its day rejected it: it stands as a break of status'],
    ['posted', 'true', 'the close of its day posted another amount: it stands as a break'],
  ] as const;
  for (const [resolution, condition, reason] of ends) {
    const from = `SELECT break_id FROM closed WHERE ${condition}`;
    await resolve(client, statementId, openDay, { from, resolution, reason });
  }
}
