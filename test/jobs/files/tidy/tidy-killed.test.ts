import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rejectPlace } from '../../../../src/jobs/files/tidy/reject-place.js';
import { serverEnv, startCli } from '../../../support/cli-process.js';
import { sha256, type TidyBook, tidyBook } from './tidy-book.js';

const FILES = 60;
const KILLS = 5;

let book: TidyBook;
beforeAll(async () => {
  book = await tidyBook();
});
afterAll(() => book?.remove());

const rejects = () => readdirSync(book.folder).filter((name) => name.startsWith('r-'));

it(`killed ${KILLS} times it takes every file away, and tells each once`, async () => {
  await book.keeps('{reject_days: 0}');
  const place = rejectPlace(book.client, book.folder);
  const expected: string[] = [];
  for (let file = 10; file < 10 + FILES; file += 1) {
    const path = join(book.folder, `r-${file}.csv`);
    writeFileSync(path, `line,field,rule,value,loan_no\n2,loan_no,missing_field,,${file}\n`);
    await place.appears(path, sha256(path));
    expected.push(`${path} ${sha256(path)}`);
  }
  const args = ['--book', book.folder, '--quiet', '--json', 'files', 'tidy'];
  const env = serverEnv(book.database.target);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const { child, ended } = startCli(args, env);
    const last = rejects().length - Math.floor(FILES / (KILLS + 2));
    while (rejects().length > last && child.exitCode === null) await sleep(1);
    child.kill('SIGKILL');
    expect((await ended).code, 'it was killed before its end').toBeNull();
  }
  expect(rejects().length).toBeGreaterThan(0);
  expect((await startCli(args, env).ended).code).toBe(0);
  expect(rejects()).toEqual([]);
  const rows = await book.rows(`SELECT begun_at IS NOT NULL AS begun, gone_at IS NOT NULL AS gone,
      count(*) AS n FROM reject_file GROUP BY 1, 2`);
  expect(rows).toEqual([{ begun: true, gone: true, n: FILES }]);
  const audit = await book.rows(`SELECT subject || ' ' || (after->>'sha256') AS said FROM audit
    WHERE action = 'files tidy' ORDER BY subject`);
  expect(audit.map(({ said }) => said)).toEqual(expected);
}, 60_000);
