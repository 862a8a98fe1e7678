import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { readSql } from '../../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { type SealedRange, sealedRange } from '../../day/sealed-range.js';
import { listChannels } from '../channel.js';
import type { ChannelDocument } from '../documents/channel-document.js';
import { eventTypesOf, orderParts } from '../match-channel.js';
import { sideOf } from '../post-statement.js';
import { overlapsAmong, overlapText } from './claims.js';
import { type BankBreak, type ClearingItem, itemsBehind } from './clearing-behind.js';

/** One clearing account at the close of a day; amounts are decimal text, debit positive. */
export interface ClearingAccount {
  readonly account: string;
  readonly nameZh: string;
  /** The channels that clear there. */
  readonly channels: readonly string[];
  /** Of the ledger. */
  readonly balance: string;
  /** Gross of the channels' statements that the bank has not brought. */
  readonly statements: string;
  /** Gross of posted events that no statement has yet. */
  readonly events: string;
  /** What of open breaks stands on the account. */
  readonly breaks: string;
  /** The sum of these three. */
  readonly expected: string;
  /** Balance less expected. */
  readonly difference: string;
  /** Where it differs: what stands there beside, the orders by their number. */
  readonly behind: readonly (Omit<ClearingItem, 'amount'> & { readonly amount: string })[];
}

export interface ClearingProof {
  readonly businessDate: string;
  readonly currency: string;
  readonly accounts: readonly ClearingAccount[];
  /** Channels that claim the same orders, which are counted once for each; in words. */
  readonly overlaps: readonly string[];
  readonly ok: boolean;
}

/**
 * Proves the balance of every clearing account at the close of a sealed day, by default the last:
 * it is what channels still owe (在途), order by order (PRACTICE 5, level 3). Throws what
 * `sealedRange` does, and LoanbookError `unknown_channel` and `statement_replaced_since` (2), since
 * what a statement had found is gone once another took its place.
 */
export async function proveClearing(client: pg.Client, date?: EpochDay): Promise<ClearingProof> {
  return inTransaction(client, async () => {
    const range = await sealedRange(client, { to: date });
    const day = formatDay(range.to);
    const documents = await listChannels(client);
    const channels = documents.filter(({ kind }) => kind === 'channel');
    if (channels.length === 0) throw noChannel();
    await requireKept(client, day);
    await client.query(readSql(import.meta.url, 'in-force'), [day]);
    await client.query(readSql(import.meta.url, 'open'), [day]);
    const codes = [...new Set(channels.map(({ accounts }) => accounts.clearing))].sort();
    const bank = await bankBreaks(client, day, codes, documents);
    const accounts: ClearingAccount[] = [];
    for (const code of codes) {
      const own = channels.filter(({ accounts: used }) => used.clearing === code);
      const of = { code, channels: own, bank: bank.filter((one) => one.account === code) };
      accounts.push(await proveAccount(client, range, of));
    }
    const ok = accounts.every(({ difference }) => /^0(\.0*)?$/.test(difference));
    const overlaps = overlapsAmong(channels).map(overlapText);
    return { businessDate: day, currency: range.currency, accounts, overlaps, ok };
  });
}

interface Clearing {
  readonly code: string;
  readonly channels: readonly ChannelDocument[];
  readonly bank: readonly BankBreak[];
}

async function proveAccount(
  client: pg.Client,
  { to, minorDigits }: SealedRange,
  { code, channels, bank }: Clearing,
): Promise<ClearingAccount> {
  const day = formatDay(to);
  const { id, nameZh, balance } = await balanceOf(client, code, day);
  let statements = 0n;
  let events = 0n;
  let breaks = bank.reduce((sum, { byHand, stands }) => sum + (byHand ? 0n : stands), 0n);
  for (const channel of channels) {
    const side = BigInt(sideOf(channel));
    const kept = await keptOf(client, channel.code);
    statements += side * kept.statements;
    breaks += side * kept.breaks;
    events += side * (await eventsWithout(client, channel, day));
  }
  const expected = statements + events + breaks;
  const difference = balance - expected;
  const scene = { day, account: id, channels, bank, difference };
  const behind = difference === 0n ? [] : await itemsBehind(client, scene);
  const text = (fen: bigint) => formatAmount(fen, minorDigits);
  return {
    account: code,
    nameZh,
    channels: channels.map((channel) => channel.code),
    balance: text(balance),
    statements: text(statements),
    events: text(events),
    breaks: text(breaks),
    expected: text(expected),
    difference: text(difference),
    behind: behind.map((item) => ({ ...item, amount: text(item.amount) })),
  };
}

interface Balance {
  readonly id: number;
  readonly nameZh: string;
  readonly balance: bigint;
}

async function balanceOf(client: pg.Client, code: string, day: string): Promise<Balance> {
  const { rows } = await client.query<Balance>(
    `SELECT a.account_id AS id, a.name_zh AS "nameZh",
       coalesce(sum(g.balance), 0) AS balance
     FROM account a LEFT JOIN gl_balance g
       ON g.account_id = a.account_id AND g.business_date = $2
     WHERE a.code = $1 GROUP BY a.account_id`,
    [code, day],
  );
  return rows[0]!;
}

interface Kept {
  readonly statements: bigint;
  readonly breaks: bigint;
}

/** Of a channel, signed as its own: what the bank owes of its statements, and what breaks hold. */
async function keptOf(client: pg.Client, code: string): Promise<Kept> {
  const { rows } = await client.query<Kept>(
    `SELECT (SELECT coalesce(sum(amount), 0) FROM in_force
         WHERE code = $1 AND NOT settled) AS statements,
       (SELECT coalesce(sum(stands), 0) FROM standing_break
         WHERE code = $1 AND NOT by_hand) AS breaks`,
    [code],
  );
  return rows[0]!;
}

async function eventsWithout(
  client: pg.Client,
  channel: ChannelDocument,
  day: string,
): Promise<bigint> {
  const { rows: days } = await client.query<{ day: string }>(
    `SELECT business_date AS day FROM sealed_day WHERE business_date <= $1 AND NOT EXISTS (
       SELECT FROM in_force WHERE code = $2 AND statement_date = business_date)`,
    [day, channel.code],
  );
  const { rows } = await client.query<{ amount: bigint }>(
    readSql(import.meta.url, 'events', orderParts(channel.direction)),
    [
      day,
      days.map((row) => row.day),
      channel.code,
      eventTypesOf(channel),
      channel.order_prefix ?? '',
      channel.refund_prefix,
    ],
  );
  return rows[0]!.amount;
}

async function bankBreaks(
  client: pg.Client,
  day: string,
  clearing: readonly string[],
  documents: readonly ChannelDocument[],
): Promise<BankBreak[]> {
  const own = documents
    .filter(({ kind }) => kind === 'bank')
    .map(({ code, accounts }) => [code, accounts.clearing]);
  const { rows } = await client.query<BankBreak>(readSql(import.meta.url, 'bank-breaks'), [
    day,
    clearing,
    JSON.stringify(Object.fromEntries(own)),
  ]);
  return rows;
}

async function requireKept(client: pg.Client, day: string): Promise<void> {
  const { rows } = await client.query<{ code: string; date: string; replaced: string }>(
    `SELECT t.code, t.statement_date AS date, n.taken_on AS replaced
     FROM statement t JOIN statement n ON n.code = t.code
       AND n.statement_date = t.statement_date AND n.revision = t.revision + 1
     WHERE t.state = 'replaced' AND t.posted_on <= $1 AND n.taken_on > $1
     ORDER BY n.taken_on DESC LIMIT 1`,
    [day],
  );
  const gone = rows[0];
  if (gone === undefined) return;
  throw new LoanbookError('statement_replaced_since', 'A statement of then was replaced since.', {
    exitCode: EXIT.usage,
    evidence: { businessDate: day, statement: gone.code, of: gone.date, replacedOn: gone.replaced },
    next: `Prove ${gone.replaced} or a later day, once it is closed.`,
  });
}

function noChannel(): LoanbookError {
  return new LoanbookError('unknown_channel', 'No channel is declared.', {
    exitCode: EXIT.usage,
    next: 'Declare one with `loanbook channel apply`.',
  });
}
