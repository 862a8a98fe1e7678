import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { parseAmount } from '../../../../src/accounting/money/amount-text.js';
import { applyProduct } from '../../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { listClaims } from '../../../../src/jobs/funding/claims/claim-rows.js';
import { passMoney } from '../../../../src/jobs/funding/claims/pass-money.js';
import { readClaimAnswers } from '../../../../src/jobs/funding/claims/read-answers.js';
import { writeClaims } from '../../../../src/jobs/funding/claims/write-claims.js';
import { applyFundingPlan } from '../../../../src/jobs/funding/funding-plans.js';
import { showFunding } from '../../../../src/jobs/funding/show/show-funding.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../../src/package-root.js';
import { capture } from '../../../commands/shell/captured-host.js';
import { type ScratchBook, scratchBook } from '../../../support/scratch-book.js';
import { workedCases } from '../../../support/worked-cases.js';
import { answerOf } from '../simulate/funding-cases.js';

interface Case {
  readonly id: string;
  readonly input: {
    readonly terms: { readonly guarantor: string };
    readonly through: string;
    readonly loan: {
      readonly principal: string;
      readonly disbursed_on: string;
      readonly schedule: readonly Record<'seq' | 'due_on' | 'principal' | 'interest', string>[];
    };
    readonly events: readonly {
      readonly day: string;
      readonly type: string;
      readonly ref?: string;
      readonly seq?: number;
      readonly amount?: string;
    }[];
  };
}

/** Whose figures a book of one lender has to give as `simulate` does. */
const CASES = workedCases<Case>('funding').filter(({ id }) => ['F-G3', 'F-G5'].includes(id));
const books: ScratchBook[] = [];
let heldImports = 0;
afterAll(async () => {
  for (const book of books) await book.remove();
});

/** A book without penalties, a plan of the lender alone with the guarantee, and the loan. */
async function bookOf({ input }: Case): Promise<ScratchBook> {
  const book = await scratchBook();
  books.push(book);
  const { client } = book;
  const { loan, terms } = input;
  await createBook(client, {
    ...{ entity: 'Guaranteed', currency: 'CNY', calendar: 'none' },
    // The day before anything falls due.
    firstBusinessDate: parseDay(loan.schedule[0]!.due_on)! - 1,
    policyFile: `${packageRoot}/config/policy-uncapped.yaml`,
  });
  const periods = loan.schedule.length;
  const product =
    `code: P\neffective_from: 2026-01-01\nrepayment: {periods: ${periods}}\n` +
    'penalty: {rate: {annual: 0}, grace_days: 0}\n';
  await applyProduct(client, product, 'product');
  const partner = `code: ${terms.guarantor}\nrole: guarantor\n`;
  await applyTerms(client, 'partner', partner, { source: 'partner', by: 'Root' });
  const guarantee = JSON.stringify({ code: 'GA', ...terms });
  await applyTerms(client, 'guarantee', guarantee, { source: 'guarantee', by: 'Root' });
  const plan = { code: 'SOLO', version: 1, parties: [{ party: 'OWN', part: 1, own: true }] };
  await applyFundingPlan(client, JSON.stringify({ ...plan, guarantee: 'GA' }), 'plan');
  const head = 'loan_no,product,principal,rate,disbursed_on,org,funding_plan';
  const row = `A1,P,${loan.principal},0.18,${loan.disbursed_on},head,SOLO`;
  const rows = loan.schedule.map((each) => `A1,${each.due_on},${each.principal},${each.interest}`);
  await importLoans(client, {
    file: book.file('loans.csv', head, row),
    schedules: book.file('schedules.csv', 'loan_no,due_on,principal,interest', ...rows),
    today: parseDay(loan.schedule[0]!.due_on)! - 1,
  });
  return book;
}

/** What a guarantor has answered on the open day is not taken back beside its claim. */
async function holdImport(book: ScratchBook): Promise<void> {
  const found = await book.rows(`SELECT used.what FROM (
    SELECT DISTINCT import_id FROM event JOIN book USING (business_date)
    WHERE ref LIKE 'guarantee/%') AS own, import_in_use(own.import_id) AS used`);
  for (const { what } of found) expect(what).toBe('guaranteed');
  heldImports += found.length;
}

/** Brings the events of a case day by day; what was refused, with its rule. */
async function play(book: ScratchBook, { input }: Case): Promise<{ ref: string; rule: string }[]> {
  const { client } = book;
  const rejected: { ref: string; rule: string }[] = [];
  const days = [...new Set(input.events.map(({ day }) => day))];
  for (const day of days) {
    await closeDays(book.database.target, { through: parseDay(day)! - 1, workers: 1, tasks: 1 });
    for (const { day: on, type, ref = '', seq = 0, amount = '' } of input.events) {
      if (on !== day) continue;
      if (type === 'repayment') {
        const row = `${ref},A1,repayment,${day},${amount}`;
        const file = book.file(`${ref}.csv`, 'ref,loan_no,type,value_date,amount', row);
        expect(await importEvents(client, { file })).toMatchObject({ rowsTaken: 1 });
        continue;
      }
      const row = `A1,${type},${type === 'buy_back' ? '' : seq},${amount},${ref}`;
      const file = book.file(`${ref}.csv`, 'loan_no,kind,seq,amount,ref', row);
      const taken = await readClaimAnswers(client, { file, by: 'Root' }).catch((error) => error);
      if (taken.code !== undefined) {
        expect(taken).toMatchObject({ code: 'answers_refused', exitCode: 1 });
        rejected.push({ ref, rule: taken.evidence.rule });
      } else {
        expect(taken).toMatchObject({ outcome: 'taken', answers: 1 });
        await holdImport(book);
      }
    }
    await passMoney(client, { by: 'Root' });
  }
  await closeDays(book.database.target, {
    ...{ through: parseDay(input.through)!, workers: 1, tasks: 1 },
  });
  return rejected;
}

/** The accounts of the chart under the names of the page; those of no accrual and no price. */
const NAMES: Readonly<Record<string, string>> = {
  '1002.01': 'bank',
  '1012.02': 'transit_in',
  '1303.01': 'loans',
  '1303.02': 'loans',
  '1132.02': 'interest',
  '1132.03': 'penalty',
  '2241.01': 'suspense',
  '2241.04': 'guarantor_payable',
  '7103.01': 'memo_claims',
  '7103.99': 'memo_contra',
};

/** By day and account: what money posted, of events and of the guarantee's own entries. */
async function postedBy(book: ScratchBook): Promise<Record<string, number>> {
  const rows = await book.rows(
    `SELECT j.business_date AS day, a.code, sum(j.amount)::bigint AS amount
     FROM journal_line j JOIN account a USING (account_id)
     LEFT JOIN event e ON e.bucket = j.bucket AND e.loan_id = j.loan_id
       AND e.event_id = j.event_id
     WHERE j.kind >= 100 OR e.type IN (3, 14) GROUP BY 1, 2`,
  );
  const sums: Record<string, number> = {};
  for (const { day, code, amount } of rows) {
    const name = NAMES[String(code)];
    if (name === undefined) continue;
    const key = `${day} ${name}`;
    sums[key] = (sums[key] ?? 0) + Number(amount);
  }
  return withoutZeros(sums);
}

function withoutZeros(sums: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== 0));
}

/** The same of what `simulate` says, by the days of its refs. */
function simulatedEntries({ input }: Case, answer: Record<string, unknown>) {
  const dayOf = new Map(input.events.map(({ ref, day }) => [ref, day]));
  const sums: Record<string, number> = {};
  const entries = answer.entries as {
    ref: string;
    entries: { account: string; amount: string }[];
  }[];
  for (const { ref, entries: lines } of entries) {
    for (const { account, amount } of lines) {
      const key = `${dayOf.get(ref)} ${account}`;
      sums[key] = (sums[key] ?? 0) + parseAmount(amount, 2)!;
    }
  }
  return withoutZeros(sums);
}

interface Line {
  readonly ref: string;
  readonly seq: number;
  readonly component: string;
  readonly amount: number;
}

/** What the loan was paid with, under the refs of the money, and what was passed of each. */
async function allocated(book: ScratchBook): Promise<{ lender: Line[]; passed: string[] }> {
  const lines = await book.rows(
    `SELECT coalesce(g.ref, e.ref) AS ref, a.seq, a.component, sum(a.amount)::int AS amount
     FROM allocation a JOIN event e USING (bucket, loan_id, event_id)
     LEFT JOIN guarantee_act g ON e.ref LIKE 'guarantee/' || g.act_id || '/%'
     WHERE e.type = 3 AND a.kind = 1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  const passed = await book.rows(
    `SELECT ref, amount FROM guarantee_act WHERE type = 'passed' ORDER BY ref`,
  );
  const components = ['principal', 'interest', 'penalty'];
  return {
    lender: lines.map(({ ref, seq, component, amount }) => ({
      ...{ ref: String(ref), seq: Number(seq), amount: Number(amount) },
      component: components[Number(component)]!,
    })),
    passed: passed.map(({ ref, amount }) => `${ref} ${amount}`),
  };
}

function simulatedAllocations(answer: Record<string, unknown>) {
  const all = answer.allocations as (Omit<Line, 'amount'> & { to: string; amount: string })[];
  const lender = all
    .filter(({ to }) => to === 'lender')
    .map(({ ref, seq, component, amount }) => ({
      ...{ ref, seq, component },
      amount: parseAmount(amount, 2)!,
    }));
  const passed = new Map<string, number>();
  for (const { ref, to, amount } of all) {
    if (to !== 'guarantor') continue;
    passed.set(ref, (passed.get(ref) ?? 0) + parseAmount(amount, 2)!);
  }
  return { lender, passed: [...passed].sort().map(([ref, amount]) => `${ref} ${amount}`) };
}

describe.skipIf(CASES.length === 0)('a guaranteed loan of a book', () => {
  it.each(CASES)('is what simulate says: $id', { timeout: 600_000 }, async (worked) => {
    const answer = answerOf(worked.input);
    const book = await bookOf(worked);
    expect(await play(book, worked)).toEqual(answer.rejected);
    const through = parseDay(worked.input.through)!;
    const { claims, differing } = await listClaims(book.client, through);
    expect(differing).toEqual([]);
    expect(
      claims.map(({ seq, kind, reason, day, amount, paid, state }) => ({
        ...{ seq, kind, ...(reason === null ? {} : { reason }), day },
        ...{ amount: (amount / 100).toFixed(2), paid: (paid / 100).toFixed(2), state },
      })),
    ).toEqual(answer.claims);
    const seen = await showFunding(book.client, 'A1');
    expect([seen.claims, seen.differing]).toEqual([claims, []]);
    const answered = worked.input.events.filter(
      ({ type, ref = '' }) =>
        type !== 'repayment' && !(answer.rejected as { ref: string }[]).some((r) => r.ref === ref),
    );
    expect(seen.acts.filter(({ type }) => type !== 'passed').map(({ ref }) => ref)).toEqual(
      answered.map(({ ref }) => ref),
    );
    const [first] = claims;
    expect([first?.daysPastDue, first?.customerDaysPastDue]).toEqual([
      ...[answer.days_past_due, answer.customer_days_past_due],
    ]);
    const lines = await allocated(book);
    const told = simulatedAllocations(answer);
    const order = (line: Line) => `${line.ref} ${line.seq} ${line.component}`;
    const sorted = (each: Line[]) => each.sort((a, b) => (order(a) < order(b) ? -1 : 1));
    expect(sorted(lines.lender)).toEqual(sorted(told.lender));
    expect(lines.passed).toEqual(told.passed);
    expect(await postedBy(book)).toEqual(simulatedEntries(worked, answer));
    const items = await book.rows(
      'SELECT kind, sum(amount)::int AS amount FROM guarantor_item GROUP BY kind',
    );
    const owed = Object.fromEntries(items.map(({ kind, amount }) => [kind, Number(amount)]));
    const { recovery, returns } = answer.payable as { recovery: string; returns: string };
    expect([owed.recovery ?? 0, owed.return ?? 0]).toEqual([
      ...[parseAmount(recovery, 2), parseAmount(returns, 2)],
    ]);
    const { principal } = answer.lender as { principal: string };
    const [position] = await book.rows(
      `SELECT coalesce(sum(principal), 0)::int AS principal FROM position
       WHERE business_date = '${formatDay(through)}'`,
    );
    expect(position?.principal).toBe(parseAmount(principal, 2));
  });

  it('keeps the import of an answer that is of the open day', () => {
    expect(heldImports).toBeGreaterThan(0);
  });

  it('has its claims in files that nothing changes, and its answers once', async () => {
    const [book] = books;
    const { client } = book!;
    const asked = { date: parseDay('2026-03-23')!, guarantor: 'G1', by: 'Root' };
    const file = book!.file('claims.csv').replace('claims.csv', 'claims-G1.csv');
    expect(await writeClaims(client, { ...asked, file })).toMatchObject({
      ...{ outcome: 'written', claims: 1, amount: 91_680, differing: [] },
    });
    expect(readFileSync(file, 'utf8')).toBe(
      'loan_no,kind,seq,reason,day,amount\nA1,compensation,2,,2026-03-23,916.80\n',
    );
    expect(await writeClaims(client, { ...asked, file })).toMatchObject({ outcome: 'unchanged' });
    const before = { ...asked, date: parseDay('2026-02-23')!, file };
    await expect(writeClaims(client, before)).rejects.toMatchObject({
      ...{ code: 'claim_file_exists', exitCode: 1 },
    });
    const answers = book!.file(
      'K2.csv',
      'loan_no,kind,seq,amount,ref',
      'A1,compensation,2,916.80,K2',
    );
    const again = await readClaimAnswers(client, { file: answers, by: 'Root' });
    expect(again).toMatchObject({ outcome: 'unchanged' });
    // The same money under other refs: a claim that was paid, one that is not there, one line bad.
    const twice = book!.file(
      'twice.csv',
      'loan_no,kind,seq,amount,ref',
      ...['A1,compensation,2,916.80,K7', 'A1,compensation,4,1.00,K8', 'X,refusal,1,,K9'],
    );
    await expect(readClaimAnswers(client, { file: twice, by: 'Root' })).rejects.toMatchObject({
      code: 'answers_refused',
      message: expect.stringContaining(
        'line 2 of A1: claim_paid\n  line 3 of A1: no_claim\n  line 4 of X: unknown_loan',
      ),
    });
    expect(await passMoney(client, { by: 'Root' })).toMatchObject({ payments: 0, amount: 0 });
  });

  it('that differs from its claims has none, and is named', { timeout: 120_000 }, async () => {
    const [book] = books;
    const { client, database } = book!;
    const head = 'ref,loan_no,type,value_date,amount,component,seq';
    const row = 'W1,A1,waiver,2026-04-16,1.00,principal,3';
    const file = book!.file('waiver.csv', head, row);
    expect(await importEvents(client, { file })).toMatchObject({ rowsTaken: 1 });
    await closeDays(database.target, { through: parseDay('2026-04-16')!, workers: 1, tasks: 1 });
    // 789.98 less 339.58 is 450.40 by the claims.
    expect(await listClaims(client, parseDay('2026-04-16')!)).toMatchObject({
      claims: [],
      differing: [
        { loanNo: 'A1', seq: 3, component: 'principal', position: 44_940, claims: 45_040 },
      ],
    });
    const { host, port, user, password, database: name } = database.target;
    const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: name };
    const run = (...words: string[]) =>
      capture(['funding', 'claims', ...words], { env: { ...env, PGPASSWORD: password } });
    const path = file.replace('waiver', 'claims-16');
    const date = ['--date', '2026-04-16'];
    expect(await run('list', ...date)).toMatchObject({ exitCode: 3 });
    expect(await run('write', path, '--guarantor', 'G1', ...date)).toMatchObject({ exitCode: 3 });
  });
});
