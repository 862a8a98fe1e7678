import { dirname } from 'node:path';
import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { writeAudit } from '../approvals/audit.js';
import { ledgerInForce } from '../book/load-book.js';
import { openDate } from '../book/open-day.js';
import {
  type ApplyOutcome,
  type StoredDocument,
  storedDocument,
  valueOfStored,
} from '../book/stored-document.js';
import { type Overlap, overlapOf, overlapText } from './clearing/claims.js';
import {
  type ChannelDocument,
  type DeclaredChannel,
  type KeysBeside,
  parseChannelDocument,
} from './documents/channel-document.js';
import { type NamedLayout, namedLayout } from './statement/named-layout.js';
import { statementLayouts } from './statement/statement-layout.js';

/** Any fixed number: two documents that claim the same orders cannot be applied side by side. */
const CHANNEL_LOCK = 5_262_666_005;

export interface AppliedChannel {
  readonly code: string;
  readonly kind: ChannelDocument['kind'];
  readonly outcome: ApplyOutcome;
  /** Other channels that claim some of its orders and did so before; in words. */
  readonly overlaps: readonly string[];
}

/**
 * Declares a channel or a bank, or a new version of it; earlier statements stay as they were taken.
 * A layout that it names is beside it, or comes with the package. `beside`: keys that others read,
 * kept with it. Throws LoanbookError
 * `invalid_document`, `unknown_layout`; `unknown_account` or `account_has_subledger` (2) for an
 * account that nothing can be posted to; `channels_overlap` (2) where another one in force may
 * claim the same orders. What overlapped before this was refused goes on and is told.
 */
export async function applyChannel(
  client: pg.Client,
  text: string,
  source: string,
  beside: (minorDigits: number) => KeysBeside = () => ({}),
): Promise<AppliedChannel> {
  const { roles } = await ledgerInForce(client, formatDay(await openDate(client)));
  const keys = beside(await minorDigitsOfBook(client));
  const document = await withLayouts(parseChannelDocument(text, source, roles, keys), source);
  const { code, kind } = document;
  const stored = storedDocument(document);
  return inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [CHANNEL_LOCK]);
    await requireAccounts(client, document, source);
    const overlaps = requireOwnOrders(await listChannels(client), document, source);
    const { rows } = await client.query<{ sha256: string }>(
      'SELECT sha256 FROM channel_version WHERE code = $1 ORDER BY channel_id DESC LIMIT 1',
      [code],
    );
    if (rows[0]?.sha256 === stored.sha256) return { code, kind, outcome: 'unchanged', overlaps };
    await client.query(
      'INSERT INTO channel_version (code, kind, document, sha256) VALUES ($1, $2, $3, $4)',
      [code, kind, stored.document, stored.sha256],
    );
    await writeAudit(client, {
      action: 'channel apply',
      subject: code,
      before: rows[0],
      after: { kind, sha256: stored.sha256 },
    });
    return { code, kind, outcome: 'applied', overlaps };
  });
}

async function minorDigitsOfBook(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ digits: number }>(
    'SELECT minor_digits AS digits FROM book',
  );
  return rows[0]!.digits;
}

/** A channel with the layouts that it names, in the place of their names. */
async function withLayouts(
  { layout, ...declared }: DeclaredChannel,
  source: string,
): Promise<ChannelDocument> {
  if (layout === undefined) {
    // Throws where its own keys say what no file can be.
    statementLayouts(declared, source);
    return declared;
  }
  const names = typeof layout === 'string' ? [layout] : layout;
  const layouts: NamedLayout[] = [];
  for (const name of names) layouts.push(await namedLayout(name, dirname(source)));
  return { ...declared, layouts };
}

/**
 * Refuses what would claim the orders of another channel, but for what its own version in force
 * claims of that one already; returns the latter in words.
 */
function requireOwnOrders(
  inForce: readonly ChannelDocument[],
  document: ChannelDocument,
  source: string,
): string[] {
  const before = inForce.find(({ code }) => code === document.code);
  const standing: string[] = [];
  for (const other of inForce) {
    const found = overlapOf(document, other);
    if (found === undefined) continue;
    const stood = before === undefined ? undefined : overlapOf(before, other);
    if (stood?.key !== found.key || stood.claims[0] !== found.claims[0]) {
      throw overlapping(found, source);
    }
    standing.push(overlapText(found));
  }
  return standing;
}

function overlapping({ key, codes, claims }: Overlap, source: string): LoanbookError {
  const both = `${codes[0]} and ${codes[1]}`;
  return new LoanbookError('channels_overlap', `${both} may claim the same ${WHAT[key]}.`, {
    exitCode: EXIT.usage,
    evidence: {
      source,
      path: key,
      channel: codes[0],
      claims: claims[0],
      other: codes[1],
      otherClaims: claims[1],
    },
    next: NEXT[key],
  });
}

const WHAT = { order_prefix: 'orders', settlement_ref: 'lines of the bank' } as const;
const NEXT = {
  order_prefix: 'Give each channel an `order_prefix` that does not begin the other one.',
  settlement_ref: 'Give each channel a `settlement_ref` of its own.',
} as const;

async function requireAccounts(
  client: pg.Client,
  { accounts }: ChannelDocument,
  source: string,
): Promise<void> {
  const { rows } = await client.query<{ code: string; subledger: string | null }>(
    'SELECT code, subledger FROM account WHERE code = ANY ($1)',
    [Object.values(accounts)],
  );
  for (const [name, code] of Object.entries(accounts)) {
    const account = rows.find((row) => row.code === code);
    if (account !== undefined && account.subledger === null) continue;
    const isUnknown = account === undefined;
    throw new LoanbookError(
      isUnknown ? 'unknown_account' : 'account_has_subledger',
      isUnknown
        ? 'The chart of accounts has no such account.'
        : 'The account equals a sum over the loans: only what happens to loans moves it.',
      {
        exitCode: EXIT.usage,
        evidence: { source, path: `accounts.${name}`, account: code },
        next: 'Name another account, or add it with `loanbook ledger apply`.',
      },
    );
  }
}

/**
 * The channel or bank in force. Left out, it is the only one of its kind. Throws LoanbookError
 * `unknown_channel` (2), naming the declared ones.
 */
export async function loadChannel(
  client: pg.Client,
  kind: ChannelDocument['kind'],
  code?: string,
): Promise<ChannelDocument> {
  const { rows } = await client.query<StoredChannel>(
    `SELECT DISTINCT ON (code) code, document, sha256 FROM channel_version WHERE kind = $1
     ORDER BY code, channel_id DESC`,
    [kind],
  );
  const found = code === undefined ? rows : rows.filter((row) => row.code === code);
  if (found.length === 1) return storedChannel(found[0]!);
  throw new LoanbookError('unknown_channel', `There is no such ${kind}, or more than one.`, {
    exitCode: EXIT.usage,
    evidence: { asked: code ?? 'the only one', declared: rows.map((row) => row.code).join(', ') },
    next: 'Name one with --channel, or declare it with `loanbook channel apply`.',
  });
}

interface StoredChannel extends StoredDocument {
  readonly code: string;
}

function storedChannel(row: StoredChannel): ChannelDocument {
  return valueOfStored('channel_version', `channel ${row.code}`, row) as ChannelDocument;
}

/** Every declared channel and bank, by code. */
export async function listChannels(client: pg.Client): Promise<ChannelDocument[]> {
  const { rows } = await client.query<StoredChannel>(
    `SELECT DISTINCT ON (code) code, document, sha256 FROM channel_version
     ORDER BY code, channel_id DESC`,
  );
  return rows.map(storedChannel);
}
