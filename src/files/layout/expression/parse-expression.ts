import { decimalOf } from './decimal.js';
import {
  type Evaluate,
  joined,
  opposite,
  type Scope,
  textOf,
  truthOf,
  type Value,
} from './expression.js';
import { TEXT_FUNCTIONS } from './functions.js';
import { ExpressionFault, type Token, tokensOf } from './tokens.js';

const LENGTH_MAX = 1_000;
const DEPTH_MAX = 50;

/** Signs from what binds least to what binds most. */
const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['=', '!=', '<>', '<', '<=', '>', '>='],
  ['&'],
  ['+', '-'],
  ['*'],
];
/** `not` stands between `and` and the comparisons. */
const NOT_LEVEL = 2;
const COMPARISONS = 2;
const RESERVED = new Set(['and', 'or', 'not', 'if']);

/** A checked expression. */
export interface Expression {
  /** Fields of ours that it names. */
  readonly fields: ReadonlySet<string>;
  /** Titles of the file that it names. */
  readonly titles: ReadonlySet<string>;
  /** Its text; throws ExpressionFault where its values do not go together. */
  text(scope: Scope): string;
  /** Whether it holds; throws ExpressionFault where it is neither true nor false. */
  holds(scope: Scope): boolean;
}

/**
 * An expression of names, [titles], 'text' and numbers: + - * & (joins), comparisons, and, or, not,
 * if(condition, this, that) and the functions of functions.ts. Exact: no floating point. Throws
 * ExpressionFault with the place of what is wrong.
 */
export function parseExpression(source: string): Expression {
  if (source.length > LENGTH_MAX) {
    throw new ExpressionFault(`has more than ${LENGTH_MAX} characters`, LENGTH_MAX);
  }
  const parser = new Parser(tokensOf(source));
  const evaluate = parser.whole();
  return {
    fields: parser.fields,
    titles: parser.titles,
    text: (scope) => textOf(evaluate(scope)),
    holds: (scope) => truthOf(evaluate(scope)),
  };
}

class Parser {
  readonly fields = new Set<string>();
  readonly titles = new Set<string>();
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Evaluate {
    const part = this.#level(0);
    if (this.#next.kind !== 'end') throw this.#unexpected();
    return part;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #level(level: number): Evaluate {
    if (level === NOT_LEVEL && this.#takes('not')) {
      const part = this.#deeper(() => this.#level(NOT_LEVEL));
      return (scope) => !truthOf(part(scope));
    }
    const signs = LEVELS[level];
    if (signs === undefined) return this.#single();
    let left = this.#level(level + 1);
    for (;;) {
      const { kind, text } = this.#next;
      const isSign = (kind === 'mark' || kind === 'name') && signs.includes(text);
      if (!isSign) return left;
      this.#at += 1;
      left = joined(text, left, this.#level(level + 1));
      if (level === COMPARISONS) return left;
    }
  }

  #single(): Evaluate {
    if (this.#takes('-')) return opposite(this.#deeper(() => this.#single()));
    if (this.#takes('(')) {
      const part = this.#deeper(() => this.#level(0));
      this.#require(')');
      return part;
    }
    const token = this.#next;
    this.#at += 1;
    if (token.kind === 'text') return () => token.text;
    if (token.kind === 'number') {
      const number: Value = decimalOf(token.text)!;
      return () => number;
    }
    if (token.kind === 'title') {
      this.titles.add(token.text);
      return (scope) => scope.title(token.text);
    }
    this.#at -= 1;
    if (token.kind !== 'name') throw this.#unexpected();
    this.#at += 1;
    if (this.#takes('(')) return this.#call(token);
    if (RESERVED.has(token.text)) throw new ExpressionFault(`${token.text} stands alone`, token.at);
    this.fields.add(token.text);
    return (scope) => scope.field(token.text);
  }

  #call({ text: name, at }: Token): Evaluate {
    const parts: Evaluate[] = [];
    this.#deeper(() => {
      if (this.#takes(')')) return;
      do parts.push(this.#level(0));
      while (this.#takes(','));
      this.#require(')');
    });
    const wants = (count: number) => {
      if (parts.length === count) return;
      throw new ExpressionFault(`${name} takes ${count} values, not ${parts.length}`, at);
    };
    if (name === 'if') {
      wants(3);
      const [condition, yes, no] = parts as [Evaluate, Evaluate, Evaluate];
      return (scope) => (truthOf(condition(scope)) ? yes(scope) : no(scope));
    }
    const known = Object.hasOwn(TEXT_FUNCTIONS, name) ? TEXT_FUNCTIONS[name] : undefined;
    if (known === undefined) throw new ExpressionFault(`unknown function ${name}`, at);
    wants(known.arguments);
    return (scope) => {
      const value = known.apply(parts.map((part) => textOf(part(scope))));
      if (value === undefined) throw new ExpressionFault(`${name} wants a whole number`, at);
      // A length is compared with numbers.
      return name === 'length' ? decimalOf(value)! : value;
    };
  }

  #deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new ExpressionFault('is nested too deeply', this.#next.at);
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #takes(text: string): boolean {
    const { kind, text: next } = this.#next;
    if (next !== text || (kind !== 'mark' && kind !== 'name')) return false;
    this.#at += 1;
    return true;
  }

  #require(text: string): void {
    if (!this.#takes(text)) throw this.#unexpected();
  }

  #unexpected(): ExpressionFault {
    const { kind, text, at } = this.#next;
    return new ExpressionFault(kind === 'end' ? 'ends too early' : `${text} stands wrong`, at);
  }
}
