/** One object of a line as it is written: numbers stay text. */
export interface JsonRecord {
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

const BLANK = /[ \t\n\r]*/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const LITERAL = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;
const LONE = /\p{Surrogate}/u;
const KEYS_MAX = 1_024;

/**
 * The fields of a JSON object without nested values: text, numbers as they are written (no digit is
 * lost), `true`, `false`, and an empty field for null. Else the rule that the line breaks.
 */
export function jsonRecord(text: string): JsonRecord | { readonly rule: string } {
  const scanner = new Scanner(text);
  if (!scanner.skip('{')) return { rule: 'a line is an object, {...}' };
  const keys = new Set<string>();
  const values: string[] = [];
  if (!scanner.skip('}')) {
    do {
      const key = scanner.string();
      if (key === undefined || !scanner.skip(':'))
        return { rule: 'an object is "key": value, ...' };
      if (keys.size >= KEYS_MAX) return { rule: `at most ${KEYS_MAX} keys` };
      if (keys.has(key)) return { rule: `a key stands once, not "${key}" twice` };
      if (scanner.isAt('{') || scanner.isAt('[')) {
        return { rule: `a value is no object and no list, as of "${key}"` };
      }
      const value = scanner.string() ?? scanner.literal();
      if (value === undefined) return { rule: `a value is JSON, as of "${key}"` };
      if (LONE.test(key) || LONE.test(value)) return { rule: 'no half of a surrogate pair' };
      keys.add(key);
      values.push(value);
    } while (scanner.skip(','));
    if (!scanner.skip('}')) return { rule: 'an object ends with }' };
  }
  return scanner.isAtEnd() ? { keys: [...keys], values } : { rule: 'a line holds one object' };
}

/** Reads a line from left to right; blanks before a token are passed over. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAt(sign: string): boolean {
    this.#match(BLANK);
    return this.#text[this.#at] === sign;
  }

  skip(sign: string): boolean {
    if (!this.isAt(sign)) return false;
    this.#at += 1;
    return true;
  }

  string(): string | undefined {
    this.#match(BLANK);
    const token = this.#match(STRING);
    if (token === undefined) return undefined;
    try {
      return JSON.parse(token) as string;
    } catch {
      // A control character or an escape that JSON does not know.
      return undefined;
    }
  }

  literal(): string | undefined {
    this.#match(BLANK);
    const token = this.#match(LITERAL);
    return token === 'null' ? '' : token;
  }

  isAtEnd(): boolean {
    this.#match(BLANK);
    return this.#at === this.#text.length;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0];
    this.#at += token?.length ?? 0;
    return token;
  }
}
