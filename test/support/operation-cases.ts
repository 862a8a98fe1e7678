import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

const FILE = join(packageRoot, '../shared/cases/operations.json');

/** Worked cases of the operations whose id begins so; none, with a notice, where they are not here. */
export function operationCases<Case extends { readonly id: string }>(begins: string): Case[] {
  if (!existsSync(FILE)) {
    console.warn(`skipped: ${FILE} is not here`);
    return [];
  }
  const { cases } = JSON.parse(readFileSync(FILE, 'utf8')) as { cases: Case[] };
  return cases.filter(({ id }) => id.startsWith(begins));
}
