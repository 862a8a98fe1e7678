import type pg from 'pg';
import { listChannels } from '../channel.js';
import type { ChannelDocument } from '../documents/channel-document.js';
import { sideOf } from '../post-statement.js';
import { settlementRefOf } from './claims.js';

/** A channel statement whose net the bank is to bring, or to take: negative for payments. */
export interface Expected {
  readonly channel: ChannelDocument;
  readonly statementId: number;
  readonly date: string;
  readonly ref: string;
  /** Signed as on the bank account. */
  readonly gross: bigint;
  readonly fee: bigint;
  readonly net: bigint;
  readonly dueOn: string;
}

interface Unpaid {
  readonly statement_id: number;
  readonly code: string;
  readonly statement_date: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly due_on: string;
  readonly settled_by: number | null;
}

/**
 * What a bank account is to receive: the posted statements of the channels that settle there. Also
 * leaves them in the temporary tables `expected` and `settled`, by reference.
 */
export async function expectedReceipts(
  client: pg.Client,
  bank: ChannelDocument,
): Promise<Map<number, Expected>> {
  const channels = new Map(
    (await listChannels(client))
      .filter(({ kind, accounts }) => kind === 'channel' && accounts.bank === bank.accounts.bank)
      .map((channel) => [channel.code, channel]),
  );
  const { rows } = await client.query<Unpaid>(
    `SELECT statement_id, code, statement_date, amount::numeric AS amount, fee::numeric AS fee,
       due_on, settled_by
     FROM statement
     WHERE kind = 'channel' AND state = 'posted' AND code = ANY ($1) AND amount <> 0
     ORDER BY statement_id`,
    [[...channels.keys()]],
  );
  const all = rows.map((row) => ({ row, own: expectedOf(channels.get(row.code)!, row) }));
  const open = all.filter(({ row }) => row.settled_by === null).map(({ own }) => own);
  const paid = all.filter(({ row }) => row.settled_by !== null).map(({ own }) => own);
  await client.query(
    `CREATE TEMP TABLE expected ON COMMIT DROP AS
     SELECT * FROM unnest($1::integer[], $2::text[], $3::bigint[], $4::date[])
       AS u (statement_id, ref, net, due_on)`,
    [
      open.map(({ statementId }) => statementId),
      open.map(({ ref }) => ref),
      open.map(({ net }) => net),
      open.map(({ dueOn }) => dueOn),
    ],
  );
  await client.query(
    'CREATE TEMP TABLE settled ON COMMIT DROP AS SELECT unnest($1::text[]) AS ref',
    [paid.map(({ ref }) => ref)],
  );
  return new Map(open.map((own) => [own.statementId, own]));
}

function expectedOf(channel: ChannelDocument, row: Unpaid): Expected {
  const gross = BigInt(sideOf(channel)) * row.amount;
  return {
    channel,
    statementId: row.statement_id,
    date: row.statement_date,
    ref: settlementRefOf(channel).replaceAll('{date}', row.statement_date.replaceAll('-', '')),
    gross,
    fee: row.fee,
    net: gross - row.fee,
    dueOn: row.due_on,
  };
}
