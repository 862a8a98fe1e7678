import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { drivenBook, drivenDisagreements } from './driven-agreement.js';
import { smallPrograms } from './driven-programs.js';

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-programs-'));
beforeAll(async () => {
  database = await testDatabase();
  await drivenBook(database.target);
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

it('the runner of small programs comes to what `operations simulate` says, on 30 plans', async () => {
  const seeds = Array.from({ length: 30 }, (_, at) => at + 1);
  const found = await drivenDisagreements(database.target, seeds, smallPrograms(folder));
  expect(found.slice(0, 1).join('')).toBe('');
});
