import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { drivenBook, drivenDisagreements } from './driven-agreement.js';
import { NO_PROCESSES } from './driven-night.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await drivenBook(database.target);
});
afterAll(() => database.drop());

it('the runner comes to what `operations simulate` says, on 30 random documents', async () => {
  const seeds = Array.from({ length: 30 }, (_, at) => at + 1);
  const found = await drivenDisagreements(database.target, seeds, NO_PROCESSES);
  expect(found.slice(0, 1).join('')).toBe('');
});
