import { workedCases } from './worked-cases.js';

/** Worked cases of the operations whose id begins so; none, with a notice, where they are not here. */
export function operationCases<Case extends { readonly id: string }>(begins: string): Case[] {
  return workedCases<Case>('operations').filter(({ id }) => id.startsWith(begins));
}
