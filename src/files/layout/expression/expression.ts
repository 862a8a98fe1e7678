import {
  compared,
  type Decimal,
  decimalOf,
  negated,
  plus,
  textOfDecimal,
  times,
} from './decimal.js';
import { ExpressionFault } from './tokens.js';

/** Where an expression finds what it names. */
export interface Scope {
  /** Canonical text of a field of ours; '' where there is none. */
  field(name: string): string;
  /** Text of a field of the file, by its title. */
  title(name: string): string;
}

export type Value = string | Decimal | boolean;

/** A part of an expression; it throws ExpressionFault where its values do not go together. */
export type Evaluate = (scope: Scope) => Value;

export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' ? String(value) : textOfDecimal(value);
}

function numberOf(value: Value): Decimal {
  if (typeof value === 'object') return value;
  const number = typeof value === 'string' ? decimalOf(value) : undefined;
  if (number === undefined) throw new ExpressionFault(`${textOf(value)} is no number`, 0);
  return number;
}

export function truthOf(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw new ExpressionFault(`${textOf(value)} is neither true nor false`, 0);
}

type Sides = readonly [left: Evaluate, right: Evaluate];

/**
 * What each sign does. Numbers are compared with whatever a number stands beside, text with text:
 * '6' is not more than '51', and 6 is.
 */
const SIGNS: Readonly<Record<string, (sides: Sides) => Evaluate>> = {
  '+': (sides) => (scope) => plus(numberOf(sides[0](scope)), numberOf(sides[1](scope))),
  '-': (sides) => (scope) => plus(numberOf(sides[0](scope)), negated(numberOf(sides[1](scope)))),
  '*': (sides) => (scope) => times(numberOf(sides[0](scope)), numberOf(sides[1](scope))),
  '&': (sides) => (scope) => textOf(sides[0](scope)) + textOf(sides[1](scope)),
  '=': (sides) => (scope) => order(sides, scope) === 0,
  '!=': (sides) => (scope) => order(sides, scope) !== 0,
  '<>': (sides) => (scope) => order(sides, scope) !== 0,
  '<': (sides) => (scope) => order(sides, scope) < 0,
  '<=': (sides) => (scope) => order(sides, scope) <= 0,
  '>': (sides) => (scope) => order(sides, scope) > 0,
  '>=': (sides) => (scope) => order(sides, scope) >= 0,
  and: (sides) => (scope) => truthOf(sides[0](scope)) && truthOf(sides[1](scope)),
  or: (sides) => (scope) => truthOf(sides[0](scope)) || truthOf(sides[1](scope)),
};

/** Two parts joined by a sign. */
export function joined(sign: string, left: Evaluate, right: Evaluate): Evaluate {
  const made = SIGNS[sign];
  if (made === undefined) throw new ExpressionFault(`unknown sign ${sign}`, 0);
  return made([left, right]);
}

function order([left, right]: Sides, scope: Scope): number {
  const [a, b] = [left(scope), right(scope)];
  if (typeof a === 'boolean' || typeof b === 'boolean') {
    return Number(truthOf(a)) - Number(truthOf(b));
  }
  if (typeof a === 'object' || typeof b === 'object') return compared(numberOf(a), numberOf(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The opposite number. */
export function opposite(part: Evaluate): Evaluate {
  return (scope) => negated(numberOf(part(scope)));
}
