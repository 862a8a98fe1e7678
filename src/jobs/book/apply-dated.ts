import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { type Approvable, needsApproval, withApproval } from '../approvals/approval.js';
import { writeAudit } from '../approvals/audit.js';
import type { ApplyBy } from './apply-product.js';
import { type CheckedLedger, ledgerFromValue } from './documents/ledger.js';
import { type LedgerChange, ledgerChange } from './documents/ledger-change.js';
import { type LedgerPart, readLedger } from './documents/ledger-part.js';
import { parsePolicyDocument, policyFromValue } from './documents/policy-document.js';
import { ledgerInForce } from './load-book.js';
import { dayIsBeingClosed, holdOpenDay } from './open-day.js';
import { type ApplyOutcome, type StoredDocument, storedDocument } from './stored-document.js';

export interface AppliedVersion {
  readonly effectiveFrom: string;
  readonly outcome: ApplyOutcome;
}

type DatedTable = 'policy_version' | 'ledger_version';

/**
 * Applies a policy document, in force from its `effective_from`. Throws LoanbookError
 * `invalid_document`, `no_book`, `policy_version_exists`, and `effective_in_closed_day` or
 * `day_is_being_closed` where it would change what is closed already.
 */
export async function applyPolicy(
  client: pg.Client,
  text: string,
  source: string,
  { by = '', grant }: ApplyBy = {},
): Promise<Approvable<AppliedVersion>> {
  const { document } = parsePolicyDocument(text, source);
  const stored = storedDocument(document);
  const subject = document.effective_from;
  return inTransaction(client, async () => {
    const against = await versionsOf(client, 'policy_version');
    const asked = { act: 'policy', subject, payload: { text, source }, against, by } as const;
    const waits = await needsApproval(client, 'policy');
    return withApproval<AppliedVersion>(client, asked, { waits, grant }, () =>
      applyVersion(client, 'policy_version', subject, stored, source, policyNow),
    );
  });
}

/** A stored policy as it would be stored now. */
export function policyNow(document: string): StoredDocument {
  return storedDocument(policyFromValue(JSON.parse(document), { name: 'policy' }).document);
}

export interface ApplyLedgerOptions extends ApplyBy {
  /** The document may hold this part alone: the rest stays as it is in force on its day. */
  readonly part?: LedgerPart | undefined;
  /** Say what would change, and keep nothing. */
  readonly dryRun?: boolean;
}

/** What was applied, and how it differs from the ledger that was in force on its first day. */
export interface AppliedLedger extends AppliedVersion, LedgerChange {
  readonly dryRun: boolean;
}

/** Any fixed number: changes of the ledger follow one another, as each one builds on the last. */
const LEDGER_LOCK = 5_262_666_006;

/**
 * Applies a chart of accounts with its posting rules, or one of both; throws as `applyPolicy` does,
 * and `account_changed`, `account_has_balance` and `unknown_product`.
 */
export async function applyLedger(
  client: pg.Client,
  text: string,
  source: string,
  { part, dryRun = false, by = '', grant }: ApplyLedgerOptions = {},
): Promise<Approvable<AppliedLedger>> {
  const { effectiveFrom, complete } = readLedger(text, source, part);
  return inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LEDGER_LOCK]);
    await holdOpenDay(client);
    const against = await versionsOf(client, 'ledger_version');
    const payload = { text, source, part: part ?? null };
    const asked = { act: 'ledger', subject: effectiveFrom, payload, against, by } as const;
    const waits = !dryRun && (await needsApproval(client, 'ledger'));
    return withApproval<AppliedLedger>(client, asked, { waits, grant }, () => apply());
  });
  async function apply(): Promise<AppliedLedger> {
    await client.query('SAVEPOINT before_apply');
    const inForce = await ledgerInForce(client, effectiveFrom);
    const ledger = complete(inForce);
    const stored = storedDocument(ledger.document);
    const applied = await applyVersion(
      client,
      'ledger_version',
      effectiveFrom,
      stored,
      source,
      ledgerNow,
    );
    if (applied.outcome === 'applied') {
      await putAccounts(client, ledger, source);
      await requireNoOrphan(client, ledger, source);
      await requireAllowanceStays(client, inForce, ledger, source);
      await requireProducts(client, ledger, source);
    }
    if (dryRun) await client.query('ROLLBACK TO before_apply');
    return { ...applied, ...ledgerChange(inForce, ledger), dryRun };
  }
}

/** The versions in words: what a new one is asked against. */
async function versionsOf(client: pg.Client, table: DatedTable): Promise<string> {
  const { rows } = await client.query<{ versions: string | null }>(
    `SELECT string_agg(effective_from || ' ' || left(sha256, 12), ', ' ORDER BY effective_from)
       AS versions FROM ${table}`,
  );
  return rows[0]!.versions ?? '';
}

/** With the roles that the program named before documents did. */
function ledgerNow(document: string): StoredDocument {
  const { roles, document: stored } = ledgerFromValue(JSON.parse(document), { name: 'ledger' });
  const { effective_from, accounts, ...rest } = stored;
  return storedDocument({ effective_from, accounts, roles, ...rest });
}

async function applyVersion(
  client: pg.Client,
  table: DatedTable,
  effectiveFrom: string,
  stored: StoredDocument,
  source: string,
  /** A stored document as it would be stored now: keys that came later have their defaults. */
  storedNow: (document: string) => StoredDocument | null = () => null,
): Promise<AppliedVersion> {
  const openDay = await holdOpenDay(client);
  const { rows } = await client.query<{ sha256: string; document: string }>(
    `SELECT sha256, document FROM ${table} WHERE effective_from = $1`,
    [effectiveFrom],
  );
  const standing = rows[0];
  const known = [standing?.sha256, standing && storedNow(standing.document)?.sha256];
  if (known.includes(stored.sha256)) return { effectiveFrom, outcome: 'unchanged' };
  const kind = table === 'policy_version' ? 'policy' : 'ledger';
  if (standing !== undefined) throw versionExists(kind, effectiveFrom, source);
  const from = parseDay(effectiveFrom) ?? 0;
  if (from < openDay.date && !openDay.isFirst) {
    throw inClosedDay(effectiveFrom, formatDay(openDay.date), source);
  }
  if (from <= openDay.date && openDay.isBeingClosed) {
    throw dayIsBeingClosed(formatDay(openDay.date), source);
  }
  await insertVersion(client, table, effectiveFrom, stored);
  const after = { sha256: stored.sha256 };
  await writeAudit(client, { action: `${kind} apply`, subject: effectiveFrom, after });
  return { effectiveFrom, outcome: 'applied' };
}

/** Writes a version that was checked; for a new book, where nothing stands against it. */
export async function insertVersion(
  client: pg.Client,
  table: DatedTable,
  effectiveFrom: string,
  stored: StoredDocument,
): Promise<void> {
  await client.query(
    `INSERT INTO ${table} (effective_from, document, sha256) VALUES ($1, $2, $3)`,
    [effectiveFrom, stored.document, stored.sha256],
  );
}

/**
 * Adds the accounts of a ledger; names follow the document, class and sub-ledger stay for ever.
 * Their numbers are in the hashes of days: one that a try drew and gave up would change them.
 */
export async function putAccounts(
  client: pg.Client,
  ledger: CheckedLedger,
  source: string,
): Promise<void> {
  for (const account of ledger.document.accounts) {
    const { rows } = await client.query<{ is_same: boolean }>(
      `INSERT INTO account (account_id, code, name, name_zh, class, normal_side, subledger)
       OVERRIDING SYSTEM VALUE
       VALUES ((SELECT coalesce(max(account_id), 0) + 1 FROM account), $1, $2, $3, $4, $5, $6)
       ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_zh = excluded.name_zh,
         applied_at = now(), changes = account.changes + 1, chained_on = NULL
       RETURNING class = $4 AND normal_side = $5 AND subledger IS NOT DISTINCT FROM $6 AS is_same`,
      [
        account.code,
        account.name,
        account.name_zh,
        account.class,
        account.normal_side,
        account.subledger ?? null,
      ],
    );
    if (rows[0]?.is_same === true) continue;
    throw new LoanbookError('account_changed', 'An account keeps its class, side and sub-ledger.', {
      exitCode: EXIT.usage,
      evidence: { source, account: account.code },
      next: 'Give the changed account a code of its own.',
    });
  }
}

/** An account that has a balance stays in the chart: else nothing could move the balance. */
async function requireNoOrphan(
  client: pg.Client,
  { document }: CheckedLedger,
  source: string,
): Promise<void> {
  const { rows } = await client.query<{ code: string }>(
    `SELECT a.code FROM gl_balance g JOIN account a USING (account_id)
     WHERE g.business_date = (SELECT max(business_date) FROM sealed_day)
       AND a.code <> ALL ($1)
     GROUP BY a.code HAVING bool_or(g.balance <> 0) ORDER BY a.code`,
    [document.accounts.map(({ code }) => code)],
  );
  if (rows.length === 0) return;
  throw new LoanbookError('account_has_balance', 'The chart leaves out accounts with a balance.', {
    exitCode: EXIT.usage,
    evidence: { source, accounts: rows.map(({ code }) => code).join(', ') },
    next: 'Keep them in the document, or bring their balances to zero first.',
  });
}

/** Impairment compares what is required with one account: it would begin anew beside another. */
async function requireAllowanceStays(
  client: pg.Client,
  before: CheckedLedger,
  after: CheckedLedger,
  source: string,
): Promise<void> {
  const { allowance } = before.roles;
  if (allowance === undefined || allowance === after.roles.allowance) return;
  const { rowCount } = await client.query(
    `SELECT FROM gl_balance g JOIN account a USING (account_id)
     WHERE g.business_date = (SELECT max(business_date) FROM sealed_day)
       AND a.code = $1 AND g.balance <> 0 LIMIT 1`,
    [allowance],
  );
  if (rowCount === 0) return;
  throw new LoanbookError('account_has_balance', 'The allowance cannot leave its account.', {
    exitCode: EXIT.usage,
    evidence: { source, path: 'roles.allowance', accounts: allowance },
    next: 'Keep the account in its role, or bring its balance to zero first.',
  });
}

/** A rule for a product that is not there would never post anything, most likely a slip. */
async function requireProducts(
  client: pg.Client,
  { rules }: CheckedLedger,
  source: string,
): Promise<void> {
  const named = new Set(rules.flatMap(({ scope }) => scope.product ?? []));
  const { rows } = await client.query<{ code: string }>(
    'SELECT DISTINCT code FROM product_version',
  );
  for (const { code } of rows) named.delete(code);
  if (named.size === 0) return;
  throw new LoanbookError('unknown_product', 'A posting rule is for a product that is not there.', {
    exitCode: EXIT.usage,
    evidence: { source, products: [...named].sort().join(', ') },
    next: 'Apply the product first, or put its code right.',
  });
}

function versionExists(kind: string, effectiveFrom: string, source: string): LoanbookError {
  return new LoanbookError(
    `${kind}_version_exists`,
    `A ${kind} with other content is in force from ${effectiveFrom}, and it never changes.`,
    {
      exitCode: EXIT.usage,
      evidence: { source, effectiveFrom },
      next: 'Give the document a later effective_from.',
    },
  );
}

function inClosedDay(effectiveFrom: string, openDay: string, source: string): LoanbookError {
  return new LoanbookError('effective_in_closed_day', 'The document would change closed days.', {
    exitCode: EXIT.usage,
    evidence: { source, effectiveFrom, openDay },
    next: `Give it an effective_from of ${openDay} or later.`,
  });
}
