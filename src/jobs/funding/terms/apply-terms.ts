import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { inTransaction } from '../../../db/connect.js';
import { readDocumentText } from '../../../documents/read-text.js';
import { refuseViolations } from '../../../documents/violations.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { writeAudit } from '../../approvals/audit.js';
import { dayIsBeingClosed, holdOpenDay, noBook } from '../../book/open-day.js';
import { type ApplyOutcome, storedDocument } from '../../book/stored-document.js';
import {
  type CheckedTerms,
  COMMANDS,
  type TermsKind,
  type TermsOf,
  termsFromValue,
  type VersionedDocument,
} from './terms-kind.js';
import { termsOn } from './terms-queries.js';

export interface AppliedTerms {
  readonly code: string;
  readonly version: number;
  readonly effectiveFrom: string;
  readonly outcome: ApplyOutcome;
  readonly dryRun: boolean;
}

export interface ApplyTermsOptions {
  readonly source: string;
  readonly by: string;
  /** Check it against the book, and keep nothing. */
  readonly dryRun?: boolean;
}

/** Any fixed number: versions of a document follow one another. */
const TERMS_LOCK = 5_262_666_041;

/**
 * Applies a partner, guarantee or merchant. A version never changes: the same content again is
 * `unchanged`. Throws LoanbookError `invalid_document`, `no_book`, `terms_version_exists` for other
 * content under the same version, `terms_version_behind` where a later one stands,
 * `effective_in_closed_day` or `day_is_being_closed` where it would change what is closed already,
 * and `unknown_partner` for a guarantor of no document.
 */
export async function applyTerms(
  client: pg.Client,
  kind: TermsKind,
  text: string,
  { source, by, dryRun = false }: ApplyTermsOptions,
): Promise<AppliedTerms> {
  const minorDigits = await minorDigitsOfBook(client);
  const value = readDocumentText(text, source);
  const checked = termsFromValue(kind, value, { name: source }, minorDigits);
  const { code, version, effective_from: effectiveFrom } = checked.document;
  const stored = storedDocument(checked.document);
  const applied = { code, version, effectiveFrom, dryRun };
  return inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [TERMS_LOCK]);
    const { rows } = await client.query<Standing>(
      `SELECT version, effective_from AS "effectiveFrom", sha256 FROM funding_terms
       WHERE kind = $1 AND code = $2 ORDER BY version DESC`,
      [kind, code],
    );
    const same = rows.find((row) => row.version === version);
    if (same?.sha256 === stored.sha256) return { ...applied, outcome: 'unchanged' };
    if (same !== undefined) throw versionExists(kind, checked.document, rows[0]!.version, source);
    if (rows[0] !== undefined) await requireLater(client, kind, checked.document, rows[0], source);
    await requireGuarantor(client, checked, source);
    if (dryRun) return { ...applied, outcome: 'applied' };
    await client.query(
      `INSERT INTO funding_terms (kind, code, version, effective_from, document, sha256, applied_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [kind, code, version, effectiveFrom, stored.document, stored.sha256, by],
    );
    const after = { sha256: stored.sha256, effectiveFrom };
    const action = `${COMMANDS[kind]} apply`;
    await writeAudit(client, { action, subject: `${code} ${version}`, after });
    return { ...applied, outcome: 'applied' };
  });
}

interface Standing {
  readonly version: number;
  readonly effectiveFrom: string;
  readonly sha256: string;
}

async function minorDigitsOfBook(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ digits: number }>(
    'SELECT minor_digits AS digits FROM book',
  );
  if (rows[0] === undefined) throw noBook();
  return rows[0].digits;
}

/** The first version may be of any day; what follows changes none that is closed. */
async function requireLater(
  client: pg.Client,
  kind: TermsKind,
  { code, version, effective_from: effectiveFrom }: VersionedDocument,
  standing: Standing,
  source: string,
): Promise<void> {
  const evidence = { source, kind, code };
  if (version < standing.version) {
    throw new LoanbookError('terms_version_behind', `${code} has a later version already.`, {
      exitCode: EXIT.usage,
      evidence: { ...evidence, path: 'version', value: version, latest: standing.version },
      next: `Give it \`version: ${standing.version + 1}\`.`,
    });
  }
  const open = await holdOpenDay(client);
  const openDay = formatDay(open.date);
  const from = parseDay(effectiveFrom)!;
  const isClosed = from < open.date && !open.isFirst;
  if (isClosed || effectiveFrom < standing.effectiveFrom) {
    const least = standing.effectiveFrom > openDay ? standing.effectiveFrom : openDay;
    const message = isClosed
      ? 'The document would change closed days.'
      : 'The document would be in force before the version that it follows.';
    throw new LoanbookError('effective_in_closed_day', message, {
      exitCode: EXIT.usage,
      evidence: { ...evidence, path: 'effective_from', effectiveFrom, openDay },
      next: `Give it an effective_from of ${least} or later.`,
    });
  }
  if (from <= open.date && open.isBeingClosed) throw dayIsBeingClosed(openDay, source);
}

/** A guarantee is of a partner who is one. */
async function requireGuarantor(
  client: pg.Client,
  { document, terms }: CheckedTerms,
  source: string,
): Promise<void> {
  if (!isGuarantee(terms)) return;
  const { guarantor } = terms;
  const partner = await termsOn(client, 'partner', guarantor, document.effective_from);
  if (partner === undefined) throw unknownPartner(source, 'guarantor', guarantor);
  if (partner.role === 'guarantor') return;
  const rule = `must be a partner whose role is guarantor; it is ${partner.role}`;
  refuseViolations({ name: source }, [{ path: 'guarantor', rule, value: guarantor }]);
}

function isGuarantee(terms: TermsOf[TermsKind]): terms is TermsOf['guarantee'] {
  return 'guarantor' in terms;
}

/** A party that no document of a partner stands for. */
export function unknownPartner(source: string, path: string, value: string): LoanbookError {
  return new LoanbookError('unknown_partner', 'The book has no such partner.', {
    exitCode: EXIT.usage,
    evidence: { source, path, rule: 'must be a partner of a document in force', value },
    next: 'Apply its document first: `loanbook partner apply FILE`.',
  });
}

function versionExists(
  kind: TermsKind,
  { code, version }: VersionedDocument,
  latest: number,
  source: string,
): LoanbookError {
  return new LoanbookError(
    'terms_version_exists',
    `${code} version ${version} is in the book with other content, and a version never changes.`,
    {
      exitCode: EXIT.usage,
      evidence: { source, kind, code, path: 'version', rule: 'never changes', value: version },
      next:
        `Give it \`version: ${latest + 1}\`, ` +
        `or see \`loanbook ${COMMANDS[kind]} show ${code}\`.`,
    },
  );
}
