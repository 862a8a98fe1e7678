import { isScalar, parseDocument, Scalar, visit } from 'yaml';
import { EXIT, LoanbookError } from '../errors.js';
import { NEXT_OF_DOCUMENT, refuseViolations, type Violation } from './violations.js';

/** How many nodes the aliases of one document may expand to; a hand-written one has a few. */
const ALIASES_MAX = 100;

/**
 * The value of a YAML or JSON text (JSON is read as YAML): mappings, lists, text, booleans, null.
 * A plain number comes as its source text, so that `0.18` and `1.50` stay exactly what was
 * written. Throws LoanbookError `invalid_document` with line and column when the text cannot be
 * read, a repeated key included.
 */
export function readDocumentText(text: string, sourceName: string): unknown {
  const parsed = parsedDocument(text, sourceName);
  // A tag that nobody knows is a warning there: its value would be taken for another one.
  const error = parsed.errors[0] ?? parsed.warnings[0];
  if (error !== undefined) {
    const { line, column } = positionOf(text, error.pos[0]);
    throw unreadable(sourceName, reasonOf(error), { line, column });
  }
  visit(parsed, {
    Scalar(_key, node) {
      if (typeof node.value === 'number' || typeof node.value === 'bigint') {
        node.value =
          isScalar(node) && node.type === Scalar.PLAIN ? node.source : String(node.value);
      }
    },
  });
  let value: unknown;
  try {
    value = parsed.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (cause) {
    throw unreadable(sourceName, reasonOf(cause), {});
  }
  return wholeValue(value, sourceName);
}

function parsedDocument(text: string, sourceName: string) {
  try {
    return parseDocument(text, { version: '1.2', prettyErrors: false, stringKeys: true });
  } catch (cause) {
    throw unreadable(sourceName, reasonOf(cause), {});
  }
}

/** The parser has no words of its own for what is nested too deeply, and threatening ones here. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { message } = cause;
  if (message.includes('call stack')) return 'it is nested too deeply';
  if (message.includes('alias count')) return `its aliases stand for over ${ALIASES_MAX} values`;
  return message.includes('multiple documents') ? 'it holds several documents' : message;
}

/**
 * A document without the key `end` that may close it (`end: true`, the last one): it shows that
 * nothing is cut off behind it. Text that no database can keep is refused wherever it stands.
 */
export function wholeValue(value: unknown, sourceName: string): unknown {
  requireStorable(value, '', sourceName, []);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  if (!keys.includes('end')) return value;
  const { end, ...document } = value as Record<string, unknown>;
  const violations: Violation[] = [];
  if (end !== true) violations.push({ path: 'end', rule: 'must be true', value: end });
  if (keys.at(-1) !== 'end') violations.push({ path: 'end', rule: 'must be the last key' });
  refuseViolations({ name: sourceName }, violations);
  return document;
}

/** A NUL character, or half of a surrogate pair. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Throws where a text cannot be kept, and where an alias leads back to what it stands in. */
function requireStorable(
  value: unknown,
  path: string,
  sourceName: string,
  within: readonly object[],
): void {
  if (typeof value === 'string' && UNSTORABLE.test(value)) {
    const rule = 'must hold no NUL character and no half of a surrogate pair';
    refuseViolations({ name: sourceName }, [{ path, rule }]);
  }
  if (typeof value !== 'object' || value === null) return;
  if (within.includes(value)) {
    refuseViolations({ name: sourceName }, [{ path, rule: 'must not hold itself' }]);
  }
  const inside = [...within, value];
  for (const [key, item] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    requireStorable(key, at, sourceName, inside);
    requireStorable(item, at, sourceName, inside);
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
    next: NEXT_OF_DOCUMENT,
  });
}
