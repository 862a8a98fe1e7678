import { createHash } from 'node:crypto';

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
