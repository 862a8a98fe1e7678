import { readFileSync } from 'node:fs';

export interface PracticeCase {
  id: string;
  input: Record<string, unknown>;
  expected: Record<string, unknown>;
}

const file = new URL('../../fixtures/cases/practice.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: PracticeCase[] };

/** What a worked case of practice.json expects; the test names the shape it reads. */
export function expectedOf<T>(id: string): T {
  const found = cases.find((item) => item.id === id);
  if (!found) throw new Error(`practice.json holds no case ${id}`);
  return found.expected as T;
}
