export type TokenKind = 'number' | 'text' | 'name' | 'title' | 'mark' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Where it begins, from 1. */
  readonly at: number;
}

/** An expression that cannot be read: why, and at which character. */
export class ExpressionFault extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const PIECE = new RegExp(
  [
    String.raw`\s+`,
    '(?<number>[0-9]+(?:[.][0-9]+)?)',
    "'(?<text>(?:[^']|'')*)'",
    String.raw`\[(?<title>[^\]]+)\]`,
    '(?<name>[A-Za-z_][A-Za-z0-9_]*)',
    '(?<mark><=|>=|<>|!=|[-+*&=<>(),])',
  ].join('|'),
  'uy',
);

/** The words of an expression, with an `end` behind them. Throws ExpressionFault. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  PIECE.lastIndex = 0;
  let at = 0;
  while (at < source.length) {
    const found = PIECE.exec(source);
    if (found === null)
      throw new ExpressionFault(`cannot read ${source.slice(at, at + 9)}`, at + 1);
    const { number, text, title, name, mark } = found.groups ?? {};
    const add = (kind: TokenKind, value: string) => tokens.push({ kind, text: value, at: at + 1 });
    if (number !== undefined) add('number', number);
    else if (text !== undefined) add('text', text.replaceAll("''", "'"));
    else if (title !== undefined) add('title', title);
    else if (name !== undefined) add('name', name);
    else if (mark !== undefined) add('mark', mark);
    at = PIECE.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', at: source.length + 1 });
  return tokens;
}
