import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daysFrom } from '../../jobs/morning/morning-book.js';
import { type NightBook, nightBook, sh } from '../../jobs/plan/night-book.js';
import { OPEN_DAY } from '../../support/import-book.js';

type Row = Readonly<Record<string, string | number | null>>;
interface Document {
  readonly red: readonly Row[];
  readonly night: readonly Row[];
  readonly files: readonly Row[];
}

/** Dates of nights that went well, the oldest first: one more than the median is of. */
const BEFORE = daysFrom('2026-03-17', 11);
/** Seconds that the job took on each of them, and on the open day. */
const TOOK = [500, 40, 10, 90, 20, 80, 30, 70, 60, 100, 50];
const TOOK_LAST = 45;

const FILES = `version: 1
folders: {inbox: inbox, work: work, outbox: outbox}
rules:
  - {file: loans, name: "loans-{yyyymmdd}.csv", by: "06:00"}
  - {file: repayments, name: "repayments-{yyyymmdd}.csv", by: "06:00"}
  - {file: parties, name: "parties-{yyyymmdd}.csv"}
`;

let book: NightBook;
let plan: string;
beforeAll(async () => {
  book = await nightBook();
});
afterAll(async () => {
  await book?.remove();
});

async function morning(): Promise<Document> {
  const { exit, out, error } = await book.run(`report daily --date ${OPEN_DAY}`);
  expect({ exit, error }).toEqual({ exit: 0, error: undefined });
  return out as unknown as Document;
}

describe('a morning without nights and files', () => {
  it('says so on its page', async () => {
    expect(await morning()).toMatchObject({ night: [], files: [] });
    const into = join(book.folder, 'none');
    mkdirSync(into);
    const { out } = await book.run(`report daily --date ${OPEN_DAY} --out ${into}`);
    const [file = ''] = out!.files as string[];
    expect(book.read(file).join('\n')).toContain('no night of a plan on record');
  });
});

describe('the morning after a night that failed', () => {
  let document: Document;
  beforeAll(async () => {
    const jobs = [
      sh('take', 'true'),
      { job: 'tell', program: ['sh', '-c', `test {date} != ${OPEN_DAY}`], needs: ['take'] },
      sh('last', 'true', { needs: ['tell'] }),
    ];
    plan = await book.plan(jobs, { first_date: BEFORE[0], on: {} });
    for (const date of BEFORE) {
      expect(await book.run(`night run ${plan} --date ${date}`)).toMatchObject({ exit: 0 });
    }
    expect((await book.run(`night run ${plan} --date ${OPEN_DAY}`)).exit).not.toBe(0);
    for (const [at, date] of [...BEFORE, OPEN_DAY].entries()) {
      const seconds = TOOK[at] ?? TOOK_LAST;
      await book.asOwner(`UPDATE loanbook.night_attempt a
        SET ended_at = began_at + interval '${seconds} seconds'
        FROM loanbook.night n WHERE n.night_id = a.night_id AND a.job = 'take'
          AND n.business_date = '${date}'`);
    }
    const { error } = await book.run(`files apply ${book.raw('files.yaml', FILES)}`);
    expect(error).toBeUndefined();
    const digits = OPEN_DAY.replaceAll('-', '');
    writeFileSync(join(book.folder, `inbox/repayments-${digits}.csv`), 'loan_no\n');
    writeFileSync(join(book.folder, 'inbox/loans-20260401.csv'), 'loan_no\n');
    expect((await book.run('files scan')).error).toBeUndefined();
    document = await morning();
  });

  it('tells each job, with the median of the ten nights before', () => {
    const told = document.night.map(({ step, state, seconds, median }) => [
      step,
      state,
      seconds,
      median,
    ]);
    // Without the oldest: 10, 20 and so on to 100.
    expect(told[0]).toEqual([`${plan} take`, 'done', TOOK_LAST, 55]);
    expect(told[1]!.slice(0, 2)).toEqual([`${plan} tell`, 'failed exit']);
    expect(told[2]).toEqual([`${plan} last`, 'blocked', null, expect.any(Number)]);
    expect(told).toHaveLength(3);
    // 00:30 on the day after, in Shanghai.
    for (const { planned } of document.night) expect(planned).toBe('2026-03-28T16:30:00Z');
  });

  it('tells the files of the day, and those that did not come', () => {
    const told = document.files.map(({ file, name, state, late }) => [file, name, state, late]);
    expect(told).toEqual([
      ['loans', null, 'missing', 'yes'],
      ['repayments', null, 'missing', 'yes'],
      // Whether it stands still is seen by the next look.
      ['repayments', 'repayments-20260328.csv', 'growing', null],
    ]);
  });

  it('is red by them, in their order', () => {
    const codes = document.red.map(({ code }) => code);
    expect(codes).toEqual(['not_sealed', 'step:tell', 'file:loans', 'file:repayments']);
  });

  it('names commands that run', async () => {
    const commands = [...document.red, ...document.night, ...document.files].map(
      ({ command }) => `${command}`,
    );
    for (const command of new Set(commands)) {
      const { exit } = await book.run(command.replace(/^loanbook /, ''));
      expect([command, exit]).toEqual([command, 0]);
    }
  });
});
