import { createHash } from 'node:crypto';
import { EXIT, LoanbookError } from '../../errors.js';

/** A checked document as the book keeps it. */
export interface StoredDocument {
  /** JSON with every default written out: a later default does not change what was applied. */
  readonly document: string;
  readonly sha256: string;
}

/** What applying a document did. */
export type ApplyOutcome = 'applied' | 'unchanged';

/** The form in which a checked document is kept and compared: layout and comments do not count. */
export function storedDocument(document: unknown): StoredDocument {
  const text = JSON.stringify(document);
  return { document: text, sha256: createHash('sha256').update(text).digest('hex') };
}

/**
 * The value of a document of a table, by its name, such as `policy 2026-01-01`. Throws
 * LoanbookError `document_changed` (3) where its text is not the one that was applied.
 */
export function valueOfStored(
  table: string,
  name: string,
  { document, sha256 }: StoredDocument,
): unknown {
  const actual = createHash('sha256').update(document).digest('hex');
  if (actual === sha256) return JSON.parse(document);
  throw new LoanbookError('document_changed', `The stored ${name} is not the one applied.`, {
    exitCode: EXIT.difference,
    evidence: { table, document: name, expected: sha256, actual },
    next: '`loanbook check chain` shows everything that is not as it was sealed.',
  });
}
