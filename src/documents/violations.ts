import type { z } from 'zod';
import { EXIT, LoanbookError } from '../errors.js';

/** One thing wrong with a document: where, the rule it breaks and the value that breaks it. */
export interface Violation {
  readonly path: string;
  readonly rule: string;
  /** Undefined where there is none: a key that is missing or unknown. */
  readonly value?: unknown;
}

/** Where a document comes from: a file or stream, and its place inside a larger document. */
export interface DocumentSource {
  readonly name: string;
  /** Path of the document inside the one that holds it, such as `product`; empty at the top. */
  readonly path?: string;
  /** Where its keys are written; left out: docs/conventions.md. */
  readonly page?: string;
}

const SHOWN_VALUE_MAX = 120;

/** What is to be done about a bad document. */
export const NEXT_OF_DOCUMENT = nextOf('docs/conventions.md');

function nextOf(page: string): string {
  return `Correct it and run the command again; ${page} and \`--help\` name the keys.`;
}

/** Checks a value against a schema; throws LoanbookError `invalid_document` with all violations. */
export function checkShape<T>(schema: z.ZodType<T>, value: unknown, source: DocumentSource): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidDocument(
    source,
    result.error.issues.flatMap((issue) => violationsOf(issue, value)),
  );
}

/** Throws LoanbookError `invalid_document` when there is any violation. */
export function refuseViolations(source: DocumentSource, violations: readonly Violation[]): void {
  if (violations.length > 0) throw invalidDocument(source, violations);
}

/** The error of a bad document, exit code 2: a line for each violation, path, rule and value. */
export function invalidDocument(
  source: DocumentSource,
  violations: readonly Violation[],
): LoanbookError {
  const placed = violations.map((violation) => ({
    ...violation,
    path: [source.path, violation.path].filter(Boolean).join('.') || '(document)',
  }));
  const lines = placed.map(({ path, rule, value }) =>
    value === undefined ? `  ${path}: ${rule}` : `  ${path}: ${rule}; got ${shown(value)}`,
  );
  return new LoanbookError('invalid_document', [`${source.name}: invalid`, ...lines].join('\n'), {
    exitCode: EXIT.usage,
    evidence: { source: source.name, violations: placed.length, ...firstOf(placed) },
    next: source.page === undefined ? NEXT_OF_DOCUMENT : nextOf(source.page),
  });
}

/** The first violation once more, for programs: the message is for people. */
function firstOf([first]: readonly Violation[]): Record<string, string> {
  if (first === undefined) return {};
  const { path, rule, value } = first;
  return { path, rule, ...(value === undefined ? {} : { value: shown(value) }) };
}

function violationsOf(issue: z.core.$ZodIssue, root: unknown): Violation[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), rule: 'unknown key' }));
  }
  return [{ path: pathText(issue.path), rule: issue.message, value: valueAt(root, issue.path) }];
}

function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
  return text.length > SHOWN_VALUE_MAX ? `${text.slice(0, SHOWN_VALUE_MAX)}...` : text;
}
