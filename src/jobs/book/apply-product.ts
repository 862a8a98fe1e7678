import type pg from 'pg';
import { CURRENT_READING } from '../../accounting/product/product.js';
import { inTransaction } from '../../db/connect.js';
import { refuseViolations } from '../../documents/violations.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { type Approvable, type Grant, needsApproval, withApproval } from '../approvals/approval.js';
import { writeAudit } from '../approvals/audit.js';
import { parseProductDocument } from './documents/product-document.js';
import { keysWithoutEffect } from './documents/product-effects.js';
import { noBook } from './open-day.js';
import { type ApplyOutcome, storedDocument } from './stored-document.js';

export interface AppliedProduct {
  readonly code: string;
  readonly version: number;
  readonly name: string;
  readonly effectiveFrom: string;
  readonly outcome: ApplyOutcome;
}

/** Any fixed number: products are numbered without a gap, also where a try failed. */
const PRODUCT_LOCK = 5_262_666_009;

/** Who applies a document; a granted one is applied now. */
export interface ApplyBy {
  readonly by?: string;
  readonly grant?: Grant;
}

/**
 * Applies a product document. A version never changes: the same content again is `unchanged`,
 * and a key of a new one that can do nothing is refused (`keysWithoutEffect`).
 * Throws LoanbookError `invalid_document`, `no_book`, `currency_mismatch` and
 * `product_version_exists` for other content under the same code and version. Where the policy
 * wants a second person it waits.
 */
export async function applyProduct(
  client: pg.Client,
  text: string,
  source: string,
  { by = '', grant }: ApplyBy = {},
): Promise<Approvable<AppliedProduct>> {
  const { document } = parseProductDocument(text, source);
  const { code, version, effective_from: effectiveFrom } = document;
  const name = document.name ?? code;
  const stored = storedDocument(document);
  const identity = { code, version, name, effectiveFrom };
  return inTransaction(client, async () => {
    await requireBookCurrency(client, document.currency, source);
    const against = await versionsOf(client, code);
    const payload = { text, source };
    const asked = { act: 'product', subject: `${code} ${version}`, payload, against, by } as const;
    const waits = await needsApproval(client, 'product');
    return withApproval<AppliedProduct>(client, asked, { waits, grant }, () => apply());
  });
  async function apply(): Promise<AppliedProduct> {
    // What stands in a book goes on, also where a later release refuses it.
    if (await isInBook(client, identity, stored.sha256, source)) {
      return { ...identity, outcome: 'unchanged' };
    }
    refuseViolations({ name: source }, keysWithoutEffect(document));
    await client.query('SELECT pg_advisory_xact_lock($1)', [PRODUCT_LOCK]);
    const inserted = await client.query(
      `INSERT INTO product_version (product_id, code, version, name, effective_from, document,
         sha256, reading) OVERRIDING SYSTEM VALUE
       VALUES ((SELECT coalesce(max(product_id), 0) + 1 FROM product_version),
         $1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (code, version) DO NOTHING`,
      [code, version, name, effectiveFrom, stored.document, stored.sha256, CURRENT_READING],
    );
    if (inserted.rowCount === 1) {
      const after = { sha256: stored.sha256, effectiveFrom };
      await writeAudit(client, { action: 'product apply', subject: `${code} ${version}`, after });
      return { ...identity, outcome: 'applied' };
    }
    // Another session was faster.
    await isInBook(client, identity, stored.sha256, source);
    return { ...identity, outcome: 'unchanged' };
  }
}

/** The versions of a product in words: what a new one is asked against. */
async function versionsOf(client: pg.Client, code: string): Promise<string> {
  const { rows } = await client.query<{ versions: string | null }>(
    `SELECT string_agg(version || ' ' || left(sha256, 12), ', ' ORDER BY version) AS versions
     FROM product_version WHERE code = $1`,
    [code],
  );
  return rows[0]!.versions ?? '';
}

/** Whether the book has the version; throws `product_version_exists` where its content differs. */
async function isInBook(
  client: pg.Client,
  { code, version }: Pick<AppliedProduct, 'code' | 'version'>,
  sha256: string,
  source: string,
): Promise<boolean> {
  const { rows } = await client.query<{ sha256: string }>(
    'SELECT sha256 FROM product_version WHERE code = $1 AND version = $2',
    [code, version],
  );
  if (rows[0] === undefined) return false;
  if (rows[0].sha256 === sha256) return true;
  throw versionExists(code, version, source);
}

async function requireBookCurrency(
  client: pg.Client,
  currency: string,
  source: string,
): Promise<void> {
  const { rows } = await client.query<{ currency: string }>('SELECT currency FROM book');
  if (rows[0] === undefined) throw noBook();
  if (rows[0].currency === currency) return;
  throw new LoanbookError('currency_mismatch', 'The product has another currency than the book.', {
    exitCode: EXIT.usage,
    evidence: { source, path: 'currency', value: currency, book: rows[0].currency },
    next: 'A book has one currency: keep loans in another one in a book of their own.',
  });
}

function versionExists(code: string, version: number, source: string): LoanbookError {
  return new LoanbookError(
    'product_version_exists',
    `${code} version ${version} is in the book with other content, and a version never changes.`,
    {
      exitCode: EXIT.usage,
      evidence: { source, code, version },
      next: `Give it \`version: ${version + 1}\`, or see \`loanbook product show ${code}\`.`,
    },
  );
}
