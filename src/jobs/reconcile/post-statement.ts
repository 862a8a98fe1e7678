import type pg from 'pg';
import type { Fen } from '../../accounting/money/units.js';
import { addEntries, linesOfTotals, type NewEntry } from '../ledger/entry.js';
import type { ChannelDocument } from './documents/channel-document.js';
import { moveStatement, type StatementRow } from './statement-record.js';

/** Receipts debit the clearing account, payments credit it. */
export function sideOf({ direction }: Pick<ChannelDocument, 'direction'>): 1 | -1 {
  return direction === 'receipts' ? 1 : -1;
}

/** `WX/2026-03-30/1`: what the entries of a statement are known by. */
export function referenceOf(row: Pick<StatementRow, 'code' | 'statement_date' | 'revision'>) {
  return `${row.code}/${row.statement_date}/${row.revision}`;
}

/**
 * The entries of a channel statement: what is long and unknown goes from clearing to suspense, what
 * a later day explained comes back, what is tolerated goes to the tail account. One entry each; one
 * that would be of 0 is left out.
 */
export async function postStatement(
  client: pg.Client,
  channel: ChannelDocument,
  row: StatementRow,
  maker: string,
  openDay: string,
): Promise<number> {
  const { clearing, suspense, tail } = channel.accounts;
  const side = BigInt(sideOf(channel));
  const reference = referenceOf(row);
  const says = `${channel.name ?? channel.code} ${row.statement_date}`;
  const { tolerated_long: long, tolerated_short: short } = row;
  const entries = [
    entry('unidentified', `${reference}/suspense`, `${says} 长款挂账`, maker, [
      { account: clearing, amount: side * row.suspense },
      { account: suspense, amount: -side * row.suspense },
    ]),
    entry('unidentified', `${reference}/released`, `${says} 挂账转出`, maker, [
      { account: suspense, amount: side * row.released },
      { account: clearing, amount: -side * row.released },
    ]),
    entry('tolerance', `${reference}/tail`, `${says} 容差尾差`, maker, [
      { account: clearing, amount: side * (long - short) },
      { account: tail, amount: -side * long },
      { account: tail, amount: side * short },
    ]),
  ].filter((made) => made.lines.length > 0);
  if (entries.length > 0) await addEntries(client, entries);
  await moveStatement(client, row.statement_id, { state: 'posted', posted_on: openDay });
  return entries.length;
}

/** The opposite of all that a statement posted: it was replaced. */
export async function undoStatement(
  client: pg.Client,
  channel: ChannelDocument,
  row: StatementRow,
  maker: string,
  checker: string | undefined,
): Promise<void> {
  const { clearing, suspense, tail } = channel.accounts;
  const side = BigInt(sideOf(channel));
  const held = row.suspense - row.released;
  const tails = row.tolerated_long - row.tolerated_short;
  const memo = `${channel.name ?? channel.code} ${row.statement_date} 冲销第${row.revision}版`;
  const undone = entry('unidentified', `${referenceOf(row)}/undone`, memo, maker, [
    { account: clearing, amount: -side * (held + tails) },
    { account: suspense, amount: side * held },
    { account: tail, amount: side * tails },
  ]);
  if (undone.lines.length > 0) await addEntries(client, [{ ...undone, checker }]);
}

/** An entry of totals, without its lines of 0. */
export function entry(
  source: NewEntry['source'],
  reference: string,
  memo: string,
  maker: string,
  lines: readonly { account: string; amount: Fen | bigint }[],
): NewEntry {
  return { source, reference, memo, maker, lines: linesOfTotals(lines) };
}
