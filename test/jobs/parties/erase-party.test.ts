import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { checkChain } from '../../../src/jobs/day/proof/check-chain.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import type { Erasure } from '../../../src/jobs/parties/erasure-list.js';
import { commandLine, type RunLine } from '../../support/command-line.js';
import { firstKeys, type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

let book: ImportBook;
let run: RunLine;
beforeAll(async () => {
  book = await importBook();
  await firstKeys(book);
  run = commandLine(book.database.target, book.folder);
  await take('C1', 'C2', 'C3', 'C4', 'C5', 'C6');
  await loans('L1,CASH,100.00,0.1,2026-03-28,C1', 'L2,CASH,100.00,0.1,2026-03-28,C2');
});
afterAll(() => book.remove());

const JSON_OF = async (...words: string[]) => {
  const { exitCode, stdout, stderr } = await run(['--json', ...words]);
  return { exitCode, ...JSON.parse(stdout || stderr) };
};
const rows = (...parties: string[]) =>
  book.file(
    'parties.csv',
    'party,name,phone',
    ...parties.map((party) => `${party},王小二,1380013800${party.slice(1)}`),
  );
const take = async (...parties: string[]) =>
  expect(await JSON_OF('party', 'import', rows(...parties))).toMatchObject({ exitCode: 0 });
const loans = (...lines: string[]) =>
  JSON_OF(
    ...['import', 'loans', '--max-rejects', '9'],
    book.file('loans.csv', 'loan_no,product,principal,rate,disbursed_on,party', ...lines),
  );
const close = (day: string) =>
  closeDays(book.database.target, { through: parseDay(day)!, workers: 1, tasks: 1 });
const events = (...lines: string[]) =>
  JSON_OF(
    ...['import', 'events'],
    book.file('events.csv', 'ref,loan_no,type,value_date,amount,of', ...lines),
  );
const ask = (party: string, by = 'Ann') =>
  JSON_OF('party', 'erase', party, '--reason', 'asked for it', '--by', by);
const grant = (number: number, by = 'Bob') =>
  JSON_OF('approve', 'grant', String(number), '--by', by);
async function erase(party: string): Promise<void> {
  const { approval } = await ask(party);
  expect(await grant(approval)).toMatchObject({ exitCode: 0, outcome: 'erased' });
}
const broken = async () =>
  (await checkChain(book.client, {})).broken.flatMap(({ differences }) => differences);
const list = async () => (await JSON_OF('party', 'erasures')).erasures as Erasure[];

describe('party erase', () => {
  it('takes two persons, and destroys all but number and versions', async () => {
    const asked = await ask('C3');
    expect(asked).toMatchObject({ exitCode: 0, outcome: 'pending', party: 'C3' });
    expect(await JSON_OF('party', 'show', 'C3')).toMatchObject({ phone: '138******03' });
    expect(await grant(asked.approval, 'ANN')).toMatchObject({
      ...{ exitCode: 2, error: { code: 'same_person' } },
    });
    expect(await grant(asked.approval)).toMatchObject({ exitCode: 0, outcome: 'erased' });
    expect(
      await book.rows(
        `SELECT version, record, content, lookups, k.sealed FROM party p
         LEFT JOIN party_key k USING (bucket, party_no) WHERE party_no = 'C3'`,
      ),
    ).toEqual([
      { version: 1, record: Buffer.alloc(0), content: Buffer.alloc(0), lookups: [], sealed: null },
    ]);
    const gone = { exitCode: 1, error: { code: 'party_erased', evidence: { party: 'C3' } } };
    expect(await JSON_OF('party', 'show', 'C3')).toMatchObject(gone);
    expect(await ask('C3')).toMatchObject(gone);
    const found = await run(['--json', 'party', 'list', '--find', 'phone'], '13800138003\n');
    expect(JSON.parse(found.stdout).parties).toEqual([]);
    expect((await JSON_OF('party', 'list')).parties).toHaveLength(5);
    expect(
      await book.rows(`SELECT person, subject, reason FROM audit
      WHERE action = 'party erase'`),
    ).toEqual([{ person: 'Bob', subject: 'C3', reason: 'asked for it' }]);
    expect(await list()).toMatchObject([
      { party: 'C3', erasedOn: OPEN_DAY, maker: 'Ann', checker: 'Bob', reason: 'asked for it' },
    ]);
  });

  it('takes the number no more, of a file or of a loan', async () => {
    const file = rows('C3', 'C1');
    const taken = await JSON_OF('party', 'import', file, '--max-rejects', '1');
    expect(taken).toMatchObject({ unchanged: 1, rejected: 1 });
    expect(taken.rejects).toMatchObject([{ line: 2, rule: 'party_erased', value: 'C3' }]);
    expect(await loans('L9,CASH,100.00,0.1,2026-03-28,C3')).toMatchObject({
      rejectedByRule: ['unknown_party 1'],
    });
    expect(await JSON_OF('import', 'explain', 'party_erased')).toMatchObject({ exitCode: 0 });
  });

  it('is asked for with a reason, of one who is there, and as it was asked', async () => {
    const tried = (...words: string[]) => JSON_OF('party', 'erase', ...words, '--by', 'Ann');
    expect(await tried('C9', '--reason', 'x')).toMatchObject({ error: { code: 'unknown_party' } });
    expect(await tried('C4', '--reason', ' ')).toMatchObject({ error: { code: 'reason_missing' } });
    expect(await tried('C4', '--reason', 'of 13800138004')).toMatchObject({
      ...{ exitCode: 2, error: { code: 'reason_is_personal' } },
    });
    const { approval } = await ask('C4');
    const changed = book.file('parties.csv', 'party,name', 'C4,王大二');
    expect(await JSON_OF('party', 'import', changed)).toMatchObject({ changed: 1 });
    expect(await grant(approval)).toMatchObject({ error: { code: 'approval_outdated' } });
    await run(['approve', 'refuse', String(approval), '--reason', 'old', '--by', 'Bob']);
    await erase('C4');
  });

  it('is refused while a loan, a claim, something on its way or retention runs', async () => {
    const refused = async (party: string) => {
      const { exitCode, error } = await ask(party);
      expect(exitCode).toBe(2);
      const { loan, until } = error.evidence;
      return [error.code, loan, until];
    };
    // Not born yet, then born and running.
    expect(await refused('C1')).toEqual(['party_has_loan', 'L1', undefined]);
    await close('2026-03-28');
    expect(await broken()).toEqual([]);
    expect(await refused('C1')).toEqual(['party_has_loan', 'L1', undefined]);
    await events('S1,L1,settlement,2026-03-29,,', 'W2,L2,write_off,2026-03-29,,');
    await close('2026-03-29');
    expect(await refused('C2')).toEqual(['party_has_claim', 'L2', undefined]);
    // Five years behind the settlement of 29 March 2026.
    expect(await refused('C1')).toEqual(['party_is_kept', 'L1', '2031-03-29']);
    await events('R1,L1,repayment,2026-03-30,5.00,');
    expect(await refused('C1')).toEqual(['party_in_flight', 'L1', undefined]);
    await close('2026-03-30');
    expect(await refused('C1')).toEqual(['party_is_kept', 'L1', '2031-03-30']);
    await close('2026-03-31');
    const policy = 'effective_from: 2026-04-01\nretention: {customer_years: 0}\n';
    const applied = await run(['policy', 'apply', book.raw('policy.yaml', policy), '--by', 'Ann']);
    expect(applied).toMatchObject({ exitCode: 0 });
    await erase('C1');
    // The ledger stays, with the number.
    expect((await JSON_OF('loan', 'show', 'L1')).party).toEqual({ party: 'C1', name: null });
  });

  it('leaves the proof of the days whole, and finds what was put back', async () => {
    expect(await broken()).toEqual([]);
    await close('2026-04-01');
    expect(await broken()).toEqual([]);
    await book.asOwner(`UPDATE party SET record = 'x' WHERE party_no = 'C3'`);
    const places = (await broken()).map(({ place }) => place.replace(/\d+(?=\/C3)/, '_'));
    expect(places).toContain('party _/C3/1');
    await book.asOwner(`UPDATE party SET record = '' WHERE party_no = 'C3'`);
    expect(await broken()).toEqual([]);
  });
});

describe('party replay-erasures', () => {
  const kept = () => join(book.folder, 'erasures.json');
  const replay = (...words: string[]) =>
    JSON_OF('party', 'replay-erasures', ...words, '--by', 'Ann');

  it('erases after a restore who had been erased, from the list beside the book', async () => {
    expect(statSync(kept()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(kept(), 'utf8'))).toEqual({ erasures: await list() });
    expect(await replay()).toMatchObject({ listed: 3, unchanged: 3, outcome: 'unchanged' });
    await erase('C5');
    // As a backup of before would have it: C5 is there again, C4 never came, C1 is erased.
    await book.asOwner(`DELETE FROM party_erasure WHERE party_no IN ('C4', 'C5');
      DELETE FROM party WHERE party_no IN ('C4', 'C5')`);
    await take('C5');
    // An erasure on the restored book takes nothing off the list.
    await erase('C6');
    expect(JSON.parse(readFileSync(kept(), 'utf8')).erasures).toHaveLength(5);
    expect(await replay()).toMatchObject({
      ...{ exitCode: 0, listed: 5, erased: 1, absent: 1, unchanged: 3, outcome: 'replayed' },
    });
    expect(await JSON_OF('party', 'show', 'C5')).toMatchObject({ error: { code: 'party_erased' } });
    const file = rows('C4');
    expect(await JSON_OF('party', 'import', file, '--max-rejects', '1')).toMatchObject({
      rejectedByRule: { party_erased: 1 },
    });
    expect((await list()).map(({ party }) => party).sort()).toEqual(['C1', 'C3', 'C4', 'C5', 'C6']);
    expect(
      await book.rows(`SELECT person, subject FROM audit
      WHERE action = 'party replay-erasures' ORDER BY 2`),
    ).toEqual([
      { person: 'Ann', subject: 'C4' },
      { person: 'Ann', subject: 'C5' },
    ]);
  });

  it('takes no row that nobody with the keys of the book wrote', async () => {
    await take('C7');
    const [first] = await list();
    const forged = join(book.folder, 'forged.json');
    writeFileSync(forged, JSON.stringify({ erasures: [{ ...first!, party: 'C7' }] }));
    expect(await replay(forged)).toMatchObject({
      exitCode: 2,
      error: {
        code: 'invalid_erasures',
        evidence: { file: forged, row: 1, rule: 'written with the keys of this book' },
      },
    });
    for (const [text, rule] of [
      ['{', 'JSON'],
      ['[]', 'a list of `erasures`'],
      ['{"erasures": [{"party": 7}]}', 'party is a text'],
      [`{"erasures": [${JSON.stringify({ ...first!, erasedOn: 'x' })}]}`, 'erasedOn is a date'],
    ]) {
      writeFileSync(forged, text!);
      expect(await replay(forged)).toMatchObject({ error: { evidence: { rule } } });
    }
    rmSync(forged);
    expect(await replay(forged)).toMatchObject({ exitCode: 2, error: { code: 'file_missing' } });
  });
});
