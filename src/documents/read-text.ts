import { isScalar, parseDocument, Scalar, visit } from 'yaml';
import { EXIT, LoanbookError } from '../errors.js';

/** How many nodes the aliases of one document may expand to; a hand-written one has a few. */
const ALIASES_MAX = 100;

/**
 * The value of a YAML or JSON text (JSON is read as YAML): mappings, lists, text, booleans, null.
 * A plain number comes as its source text, so that `0.18` and `1.50` stay exactly what was
 * written. Throws LoanbookError `invalid_document` with line and column when the text cannot be
 * read, a repeated key included.
 */
export function readDocumentText(text: string, sourceName: string): unknown {
  const parsed = parseDocument(text, { version: '1.2', prettyErrors: false, stringKeys: true });
  const [error] = parsed.errors;
  if (error !== undefined) {
    const { line, column } = positionOf(text, error.pos[0]);
    throw unreadable(sourceName, error.message, { line, column });
  }
  visit(parsed, {
    Scalar(_key, node) {
      if (typeof node.value === 'number' || typeof node.value === 'bigint') {
        node.value =
          isScalar(node) && node.type === Scalar.PLAIN ? node.source : String(node.value);
      }
    },
  });
  try {
    const value: unknown = parsed.toJS({ maxAliasCount: ALIASES_MAX });
    return value;
  } catch (cause) {
    throw unreadable(sourceName, cause instanceof Error ? cause.message : String(cause), {});
  }
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function unreadable(
  source: string,
  reason: string,
  place: { line?: number; column?: number },
): LoanbookError {
  const where = place.line === undefined ? source : `${source}:${place.line}:${place.column}`;
  return new LoanbookError('invalid_document', `${where}: cannot be read: ${reason}`, {
    exitCode: EXIT.usage,
    evidence: { source, ...place },
  });
}
