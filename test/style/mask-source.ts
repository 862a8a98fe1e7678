/** One source in two forms of the same shape: same lines, same columns. */
export interface MaskedSource {
  /** Comments, strings and regular expressions are blank. */
  readonly code: string;
  /** Only comments are blank. */
  readonly statements: string;
}

type Kind = 'comment' | 'text';

interface Span {
  readonly from: number;
  readonly to: number;
  readonly kind: Kind;
}

/** After one of these a slash starts a regular expression, not a division. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of))\s*$/;

/**
 * Blanks what is not code, so that a rule about code does not fire on a sentence. A scanner and no
 * parser: it knows quotes, nested templates, comments and regular expressions, which is enough for
 * sources that a formatter has been through.
 */
export function maskSource(source: string): MaskedSource {
  const spans = spansOf(source);
  return {
    code: blank(source, spans),
    statements: blank(
      source,
      spans.filter(({ kind }) => kind === 'comment'),
    ),
  };
}

function spansOf(source: string): Span[] {
  const spans: Span[] = [];
  // Open template substitutions: the depth of braces at which each one ends.
  const substitutions: number[] = [];
  let depth = 0;
  let at = 0;
  const take = (to: number, kind: Kind) => {
    spans.push({ from: at, to, kind });
    at = to;
  };
  const takeTemplate = () => {
    const end = templateEnd(source, at + 1);
    if (end.opensSubstitution) substitutions.push(depth);
    take(end.at, 'text');
  };
  while (at < source.length) {
    const char = source[at];
    const pair = source.slice(at, at + 2);
    if (pair === '//') take(endOf(source, '\n', at), 'comment');
    else if (pair === '/*') take(endOf(source, '*/', at + 2) + 2, 'comment');
    else if (char === "'" || char === '"') take(quoteEnd(source, at), 'text');
    else if (char === '`') takeTemplate();
    else if (char === '}' && substitutions.at(-1) === depth) {
      substitutions.pop();
      takeTemplate();
    } else if (char === '/' && startsRegex(source, at)) take(regexEnd(source, at), 'text');
    else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      at += 1;
    }
  }
  return spans;
}

function endOf(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  return at < 0 ? source.length : at;
}

function quoteEnd(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === source[from]) return at + 1;
  }
  return source.length;
}

function templateEnd(source: string, from: number): { at: number; opensSubstitution: boolean } {
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '`') return { at: at + 1, opensSubstitution: false };
    else if (source.startsWith('${', at)) return { at: at + 2, opensSubstitution: true };
  }
  return { at: source.length, opensSubstitution: false };
}

function startsRegex(source: string, at: number): boolean {
  return BEFORE_REGEX.test(source.slice(Math.max(0, at - 40), at));
}

function regexEnd(source: string, from: number): number {
  let isClass = false;
  for (let at = from + 1; at < source.length; at += 1) {
    const char = source[at];
    if (char === '\\') at += 1;
    else if (char === '[') isClass = true;
    else if (char === ']') isClass = false;
    else if (char === '/' && !isClass) return afterFlags(source, at + 1);
  }
  return source.length;
}

function afterFlags(source: string, from: number): number {
  let at = from;
  while (/[a-z]/.test(source[at] ?? '')) at += 1;
  return at;
}

function blank(source: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of spans) {
    parts.push(source.slice(at, from), source.slice(from, to).replace(/[^\n]/g, ' '));
    at = to;
  }
  return parts.concat(source.slice(at)).join('');
}
