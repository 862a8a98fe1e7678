import { afterAll, beforeAll, expect, it } from 'vitest';
import { drivenBook, drivenDisagreements } from '../../jobs/plan/driven-agreement.js';
import { NO_PROCESSES } from '../../jobs/plan/driven-night.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await drivenBook(database.target);
});
afterAll(() => database.drop());

it('the runner comes to what `operations simulate` says, on 500 random documents', async () => {
  const seeds = Array.from({ length: 500 }, (_, at) => at + 1_001);
  const found = await drivenDisagreements(database.target, seeds, NO_PROCESSES);
  expect(found.slice(0, 1).join('')).toBe('');
});
