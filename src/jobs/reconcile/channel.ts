import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { type ChannelDocument, parseChannelDocument } from '../../documents/channel-document.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { type ApplyOutcome, storedDocument } from '../book/stored-document.js';

export interface AppliedChannel {
  readonly code: string;
  readonly kind: ChannelDocument['kind'];
  readonly outcome: ApplyOutcome;
}

/**
 * Declares a channel or a bank, or a new version of it; earlier statements stay as they were taken.
 * Throws LoanbookError `invalid_document`, and `unknown_account` or `account_has_subledger` (2) for
 * an account that nothing can be posted to.
 */
export async function applyChannel(
  client: pg.Client,
  text: string,
  source: string,
): Promise<AppliedChannel> {
  const document = parseChannelDocument(text, source);
  const { code, kind } = document;
  const stored = storedDocument(document);
  return inTransaction(client, async () => {
    await requireAccounts(client, document, source);
    const { rows } = await client.query<{ sha256: string; kind: string }>(
      'SELECT sha256, kind FROM channel_version WHERE code = $1 ORDER BY channel_id DESC LIMIT 1',
      [code],
    );
    if (rows[0]?.sha256 === stored.sha256) return { code, kind, outcome: 'unchanged' };
    await client.query(
      'INSERT INTO channel_version (code, kind, document, sha256) VALUES ($1, $2, $3, $4)',
      [code, kind, stored.document, stored.sha256],
    );
    return { code, kind, outcome: 'applied' };
  });
}

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
  const { rows } = await client.query<{ code: string; document: string }>(
    `SELECT DISTINCT ON (code) code, document FROM channel_version WHERE kind = $1
     ORDER BY code, channel_id DESC`,
    [kind],
  );
  const found = code === undefined ? rows : rows.filter((row) => row.code === code);
  if (found.length === 1) return JSON.parse(found[0]!.document) as ChannelDocument;
  throw new LoanbookError('unknown_channel', `There is no such ${kind}, or more than one.`, {
    exitCode: EXIT.usage,
    evidence: { asked: code ?? 'the only one', declared: rows.map((row) => row.code).join(', ') },
    next: 'Name one with --channel, or declare it with `loanbook channel apply`.',
  });
}

/** Every declared channel and bank, by code. */
export async function listChannels(client: pg.Client): Promise<ChannelDocument[]> {
  const { rows } = await client.query<{ document: string }>(
    `SELECT DISTINCT ON (code) document FROM channel_version ORDER BY code, channel_id DESC`,
  );
  return rows.map((row) => JSON.parse(row.document) as ChannelDocument);
}
