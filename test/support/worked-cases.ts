import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

export interface WorkedCase {
  readonly id: string;
  readonly title: string;
  readonly input: { readonly kind: string };
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Cases that nobody here invented, of a page; none, with a notice, where they are not here. */
export function workedCases<Case extends { readonly id: string } = WorkedCase>(
  page: 'operations' | 'funding',
): Case[] {
  const file = join(packageRoot, `../shared/cases/${page}.json`);
  if (!existsSync(file)) {
    console.warn(`skipped: ${file} is not here`);
    return [];
  }
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases;
}
