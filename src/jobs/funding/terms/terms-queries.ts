import type pg from 'pg';
import { EXIT, LoanbookError } from '../../../errors.js';
import { type StoredDocument, valueOfStored } from '../../book/stored-document.js';
import { COMMANDS, type TermsKind, type TermsOf, termsFromValue } from './terms-kind.js';

export interface TermsRow {
  readonly code: string;
  readonly version: number;
  readonly effectiveFrom: string;
  readonly appliedAt: string;
  readonly appliedBy: string;
  readonly sha256: string;
}

/** A version with all that its document says. */
export interface TermsEntry<Kind extends TermsKind> extends TermsRow {
  readonly terms: TermsOf[Kind];
}

export interface ShownTerms extends TermsRow {
  readonly document: Readonly<Record<string, unknown>>;
}

type Row = TermsRow & StoredDocument & { readonly digits: number };

const COLUMNS = `code, version, effective_from AS "effectiveFrom", document, sha256,
  to_char(applied_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "appliedAt", applied_by AS "appliedBy",
  (SELECT minor_digits FROM book) AS digits`;

/** Every version of every document of a kind. Throws LoanbookError `document_changed` (3). */
export async function listTerms<Kind extends TermsKind>(
  client: pg.Client,
  kind: Kind,
): Promise<TermsEntry<Kind>[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM funding_terms WHERE kind = $1 ORDER BY code, version`,
    [kind],
  );
  return rows.map((row) => {
    const { document, digits, ...rest } = row;
    return { ...rest, terms: termsOfRow(kind, row) };
  });
}

/**
 * A version of a document, the latest when none is named. Throws LoanbookError `unknown_terms` (2),
 * `document_changed` (3).
 */
export async function showTerms(
  client: pg.Client,
  kind: TermsKind,
  code: string,
  version?: number,
): Promise<ShownTerms> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM funding_terms
     WHERE kind = $1 AND code = $2 AND version = coalesce($3::integer, version)
     ORDER BY version DESC LIMIT 1`,
    [kind, code, version ?? null],
  );
  const row = rows[0];
  if (row === undefined) {
    const command = `loanbook ${COMMANDS[kind]}`;
    throw new LoanbookError('unknown_terms', `The book has no such ${kind}.`, {
      exitCode: EXIT.usage,
      evidence: { kind, code, version },
      next: `\`${command} list\` shows those there are; \`${command} apply\` adds one.`,
    });
  }
  const { digits, ...rest } = row;
  const document = valueOfStored('funding_terms', nameOf(kind, row), row);
  return { ...rest, document: document as ShownTerms['document'] };
}

/**
 * What rules on a day, YYYY-MM-DD: the highest version in force, undefined where there is none.
 * Throws LoanbookError `document_changed` (3).
 */
export async function termsOn<Kind extends TermsKind>(
  client: pg.Client,
  kind: Kind,
  code: string,
  day: string,
): Promise<TermsOf[Kind] | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM funding_terms WHERE kind = $1 AND code = $2 AND effective_from <= $3
     ORDER BY version DESC LIMIT 1`,
    [kind, code, day],
  );
  return rows[0] === undefined ? undefined : termsOfRow(kind, rows[0]);
}

/** What ruled on a day, YYYY-MM-DD; undefined where nothing was in force. */
export type TermsByDay<Kind extends TermsKind> = (
  code: string,
  day: string,
) => TermsOf[Kind] | undefined;

/** `termsOn` for many days at once: the versions of these codes, read by one statement. */
export async function termsByDay<Kind extends TermsKind>(
  client: pg.Client,
  kind: Kind,
  codes: readonly string[],
): Promise<TermsByDay<Kind>> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM funding_terms WHERE kind = $1 AND code = ANY ($2)
     ORDER BY version DESC`,
    [kind, codes],
  );
  const read = new Map<Row, TermsOf[Kind]>();
  return (code, day) => {
    const row = rows.find((each) => each.code === code && each.effectiveFrom <= day);
    if (row === undefined) return undefined;
    const terms = read.get(row) ?? termsOfRow(kind, row);
    read.set(row, terms);
    return terms;
  };
}

function termsOfRow<Kind extends TermsKind>(kind: Kind, row: Row): TermsOf[Kind] {
  const name = nameOf(kind, row);
  const value = valueOfStored('funding_terms', name, row);
  return termsFromValue(kind, value, { name }, row.digits).terms;
}

function nameOf(kind: TermsKind, { code, version }: TermsRow): string {
  return `${kind} ${code} ${version}`;
}
