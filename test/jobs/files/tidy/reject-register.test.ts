import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyFiles, loadFiles } from '../../../../src/jobs/files/files-in-force.js';
import { scanInbox } from '../../../../src/jobs/files/scan-inbox.js';
import { firstKeys, OPEN_DAY } from '../../../support/import-book.js';
import { filesText } from '../files-book.js';
import { sha256, type TidyBook, tidyBook } from './tidy-book.js';

const LOANS = 'loan_no,product,principal,rate,disbursed_on';
const GOOD = `N1,CASH,1000.00,0.1,${OPEN_DAY}`;
const BAD = `N2,CASH,x,0.1,${OPEN_DAY}`;
const REPAYMENTS = 'ref,loan_no,value_date,amount';

let book: TidyBook;
beforeAll(async () => {
  book = await tidyBook();
  await firstKeys(book);
  // Open to the server's user when root runs the tests.
  chmodSync(book.folder, 0o755);
});
afterAll(() => book?.remove());

/** What the register says of a path: its hash, and in how many days it goes. */
const registered = (path: string) =>
  book.rows(`SELECT host, sha256, begun_at, gone_at,
      extract(day FROM goes_at - written_at)::integer AS days
    FROM reject_file WHERE path = '${path}' ORDER BY reject_id`);

const row = (path: string, days = 90) => ({
  ...{ host: hostname(), sha256: sha256(path), begun_at: null, gone_at: null, days },
});

/** Each command that writes a reject file, with the rest of its line and its file. */
const WRITERS: readonly (readonly [command: string, more: string, lines: readonly string[]])[] = [
  ['import loans', '', [LOANS, BAD]],
  ['import loans', '--dry-run', [LOANS, BAD, BAD]],
  ['import loans', '--max-rejects 1', [LOANS, GOOD, BAD]],
  ['import repayments', '', [REPAYMENTS, `R1,N1,${OPEN_DAY},x`]],
  ['import events', '', ['ref,loan_no,type,value_date,amount', `R1,N1,none,${OPEN_DAY},1.00`]],
  ['import balances', '', ['loan_no,principal_not_due', 'N9,1000.00']],
  ['party import', '', ['party,name,phone', 'C2,A,1']],
];

/** The manifest of a migration of one file, all of whose rows are rejected. */
function manifestOf(verb: string): [manifest: string, file: string] {
  const file = book.file(`of-${verb}.csv`, REPAYMENTS, `R7,N1,${OPEN_DAY},x`);
  const entry = { kind: 'repayments', file: `of-${verb}.csv`, rows: 1, totals: { amount: '0.00' } };
  const files = [{ ...entry, sha256: sha256(file) }];
  return [book.raw(`${verb}.yaml`, JSON.stringify({ set: verb, files })), file];
}

describe('a book without folders of its own', () => {
  it.each(WRITERS)('registers what %s %s writes beside its file', async (command, more, lines) => {
    const file = book.file(`${command} ${more}.csv`.replaceAll(' ', '-'), ...lines);
    const { exit, text } = await book.run(`${command} ${file} ${more}`.trim());
    expect([0, 4], text).toContain(exit);
    const path = `${file}.rejects.csv`;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await registered(path)).toEqual([row(path)]);
  });

  it.each(['set', 'rehearse'])('registers what import %s writes', async (verb) => {
    const [manifest, file] = manifestOf(verb);
    const { exit, text } = await book.run(`import ${verb} ${manifest}`);
    expect(exit, text).toBe(4);
    expect(await registered(`${file}.rejects.csv`)).toEqual([row(`${file}.rejects.csv`)]);
  });

  it('registers one that the user named, with the days of the policy', async () => {
    await book.keeps('{reject_days: 7}');
    const path = join(book.folder, 'named.csv');
    const file = book.file('loans-7.csv', LOANS, BAD, BAD, BAD);
    await book.run(`import loans ${file} --reject-file ${path}`);
    expect(await registered(path)).toEqual([row(path, 7)]);
    expect(existsSync(`${file}.rejects.csv`)).toBe(false);
    // The next one takes its place, in the register too.
    const before = sha256(path);
    const other = book.file('loans-8.csv', LOANS, BAD.replace('x', 'y'));
    await book.run(`import loans ${other} --reject-file ${path}`);
    expect(sha256(path)).not.toBe(before);
    expect(await registered(path)).toEqual([row(path, 7)]);
  });

  it('registers no file that was not written', async () => {
    const before = await book.rows('SELECT count(*) AS n FROM reject_file');
    const file = book.file('good.csv', LOANS, GOOD.replace('N1', 'N8'));
    expect((await book.run(`import loans ${file} --dry-run`)).exit).toBe(0);
    expect((await book.run(`import loans ${book.raw('cut.csv', `${LOANS}\nN1`)}`)).exit).toBe(1);
    expect(await book.rows('SELECT count(*) AS n FROM reject_file')).toEqual(before);
  });

  it('keeps a path with numbers of persons masked, and finds the file by it', async () => {
    const [phone, other] = ['13812345678', '13987654321'];
    const folder = join(book.folder, `of ${phone}`);
    mkdirSync(folder);
    const path = join(folder, `loans-${other}.csv`);
    await book.run(['import', 'loans', book.file('l9.csv', LOANS, BAD), '--reject-file', path]);
    const rows = await book.rows('SELECT t::text AS text FROM reject_file t');
    const text = rows.map((each) => each.text).join('\n');
    expect(text).toMatch(/of 138\*+78#[0-9a-f]{10}\/loans-139\*+21\.csv#[0-9a-f]{10}/);
    expect(text).not.toMatch(new RegExp(`${phone}|${other}`));
    await book.age(`interval '7 days'`);
    const said = await book.run('files tidy');
    expect(said.text).not.toMatch(new RegExp(`${phone}|${other}`));
    expect(said.files).toContainEqual(
      expect.objectContaining({ file: expect.stringContaining('loans-139'), outcome: 'removed' }),
    );
    expect(existsSync(path)).toBe(false);
    const audit = await book.rows(`SELECT a::text AS text FROM audit a`);
    expect(audit.map((each) => each.text).join()).not.toMatch(new RegExp(`${phone}|${other}`));
  });
});

describe('a book with a work folder', () => {
  const rules = [{ file: 'loans', name: 'loans-{yyyymmdd}.csv', settle: '0s' }];
  let work: string;
  let inbox: string;
  beforeAll(async () => {
    await applyFiles(book.client, filesText(1, ...rules), 'f', { home: book.folder, by: '甲' });
    work = join(book.folder, 'work');
    inbox = join(book.folder, 'in');
  });

  it('has the rejected rows of a file there, by its hash', async () => {
    const file = book.file('hand.csv', LOANS, BAD, GOOD.replace('N1', 'N3'));
    const said = await book.run(`import loans ${file}`);
    const path = join(work, sha256(file), 'hand.csv.rejects.csv');
    expect(said.out.error).toMatchObject({ evidence: { rejectFile: path } });
    expect(existsSync(`${file}.rejects.csv`)).toBe(false);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(work, sha256(file))).mode & 0o777).toBe(0o700);
    expect(await registered(path)).toEqual([row(path, 7)]);
  });

  it('has those of a file of the inbox beside what was taken, for its owner alone', async () => {
    const name = `loans-${OPEN_DAY.replaceAll('-', '')}.csv`;
    const sent = book.file(`in/${name}`, LOANS, BAD, GOOD.replace('N1', 'N4'));
    const hash = sha256(sent);
    const inForce = await loadFiles(book.client, book.folder);
    for (let look = 0; look < 2; look += 1) await scanInbox(book.client, inForce);
    const said = await book.run('import loans --from-registry --max-rejects 1');
    const path = join(work, hash, `${name}.rejects.csv`);
    expect(said.files).toMatchObject([{ rowsRejected: 1, rejectFile: path }]);
    expect(readdirSync(inbox)).toEqual([]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await registered(path)).toEqual([row(path, 7)]);
  });

  it('masks the name there, and makes no folder where no row is rejected', async () => {
    const phone = '13812345678';
    const bad = book.file(`of-${phone}.csv`, LOANS, BAD.replace('N2', 'N6'));
    await book.run(`import loans ${bad}`);
    const [name = ''] = readdirSync(join(work, sha256(bad)));
    expect(name).toMatch(/^of-138\*+78\.csv#[0-9a-f]{10}\.rejects\.csv$/);
    const good = book.file('fine.csv', LOANS, GOOD.replace('N1', 'N7'));
    expect((await book.run(`import loans ${good}`)).exit).toBe(0);
    expect(existsSync(join(work, sha256(good)))).toBe(false);
    await book.age(`interval '7 days'`);
    // Those of this part: the others have 90 days.
    expect(await book.tidy()).toEqual([0, ...Array(3).fill('reject removed')]);
    expect(existsSync(join(work, sha256(bad)))).toBe(false);
    rmSync(good);
  });
});
