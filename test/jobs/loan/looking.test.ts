import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { EVENT_TYPE } from '../../../src/accounting/events/loan-event.js';
import { simulateLoan } from '../../../src/accounting/simulate/simulate.js';
import {
  PLAIN_SIMULATED_EVENT,
  type SimulatedEvent,
} from '../../../src/accounting/simulate/simulate-input.js';
import { withClient } from '../../../src/db/connect.js';
import { LoanbookError } from '../../../src/errors.js';
import { productFromValue } from '../../../src/jobs/book/documents/product-document.js';
import { loadBook } from '../../../src/jobs/book/load-book.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { showRun } from '../../../src/jobs/eod/run/show-run.js';
import { exportHledger } from '../../../src/jobs/ledger/hledger-export.js';
import { portfolio } from '../../../src/jobs/ledger/portfolio.js';
import { trialBalance } from '../../../src/jobs/ledger/trial-balance.js';
import { showLoan } from '../../../src/jobs/loan/show-loan.js';
import { listRuns } from '../../../src/jobs/runs/list-runs.js';
import { day, fen } from '../../accounting/product/terms.js';
import { capture } from '../../commands/shell/captured-host.js';
import { generatedBook, type TestBook } from '../../support/book.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { hasHledger, hledgerBalances, strictCheck } from '../../support/hledger.js';

const DAYS = ['2026-03-30', '2026-03-31'] as const;
const LOANS = 300;

let database: TestDatabase;
let book: TestBook;

type Client = Parameters<typeof showLoan>[0];
const inBook = <T>(fn: (client: Client) => Promise<T>) => withClient(database.target, {}, fn);

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof LoanbookError ? error.code : `not a refusal: ${String(error)}`;
}

/** Runs `loan list`. */
function list(...args: readonly string[]) {
  const { host, port, user, password, database: name } = database.target;
  const server = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: name };
  return capture(['loan', 'list', ...args], { env: { ...server, PGPASSWORD: password } });
}

async function loanNumbers(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ loan_no: string }>('SELECT loan_no FROM loan ORDER BY 1');
  return rows.map((row) => row.loan_no);
}

beforeAll(async () => {
  database = await testDatabase();
  book = await generatedBook(database.target, {
    loans: LOANS,
    seed: 7,
    start: DAYS[0],
    days: DAYS.length,
  });
  for (const each of DAYS) await book.importDay(each);
});

afterAll(async () => {
  book?.remove();
  await database?.drop();
});

describe('before the first day is sealed', () => {
  it('a loan has terms and a schedule, and no position', async () => {
    const loan = await inBook(async (client) => {
      const [loanNo = ''] = await loanNumbers(client);
      return showLoan(client, loanNo);
    });
    expect(loan.schedule.length).toBeGreaterThan(0);
    expect(loan).toMatchObject({ asOf: null, position: null, events: [], entries: [] });
  });

  it('there is no run of a close, and no trial balance', async () => {
    const runs = await inBook((client) => listRuns(client, 10));
    expect(runs.filter(({ job }) => job !== 'import')).toEqual([]);
    expect(await codeOf(inBook((client) => trialBalance(client)))).toBe('nothing_sealed');
    expect(await list('--json')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('nothing_sealed'),
    });
  });
});

describe('after two closes', () => {
  beforeAll(async () => {
    await closeDays(database.target, { through: day(DAYS[1]), workers: 1, tasks: 4 });
  }, 60_000);

  it('every position is what the loan gives folded once from its birth', async () => {
    await inBook(async (client) => {
      const { calendar, policyOn } = await loadBook(client);
      let compared = 0;
      for (const loanNo of await loanNumbers(client)) {
        const loan = await showLoan(client, loanNo);
        if (loan.position === null) continue;
        const { rows } = await client.query<{ document: string; ratePpb: number }>(
          `SELECT p.document, l.rate_ppb AS "ratePpb"
           FROM loan l JOIN product_version p USING (product_id) WHERE l.loan_no = $1`,
          [loanNo],
        );
        const { document, ratePpb } = rows[0]!;
        const { terms } = loan;
        const paidBefore = loan.schedule.slice(0, terms.paidPeriods).map(
          (row): SimulatedEvent => ({
            ...PLAIN_SIMULATED_EVENT,
            ref: `paid ${row.seq}`,
            type: EVENT_TYPE.repayment,
            valueDate: day(row.dueOn),
            businessDate: day(row.dueOn),
            amount: fen(row.total),
          }),
        );
        const arrived = loan.events.slice(1).map(
          (event): SimulatedEvent => ({
            ...PLAIN_SIMULATED_EVENT,
            ref: event.ref,
            type: event.type === 'settlement' ? EVENT_TYPE.settlement : EVENT_TYPE.repayment,
            valueDate: day(event.valueDate),
            businessDate: day(event.businessDate),
            amount: fen(event.amount) === 0 ? null : fen(event.amount),
          }),
        );
        const { position, installments } = simulateLoan({
          terms: productFromValue(JSON.parse(document), { name: loanNo }).terms,
          policy: policyOn(day(DAYS[1])),
          calendar,
          contract: {
            principal: fen(terms.principal),
            ratePpb,
            periods: terms.periods,
            disbursedOn: day(terms.disbursedOn),
            firstDueOn: terms.firstDueOn === null ? null : day(terms.firstDueOn),
          },
          schedule: null,
          opening: null,
          events: [...paidBefore, ...arrived],
          through: day(loan.position.businessDate),
          ledger: null,
        });
        expect({ loanNo, ...loan.position }).toMatchObject({
          loanNo,
          status: position.status,
          principal: position.principal,
          principalOverdue: position.principal_overdue,
          interestAccrued: position.interest_accrued,
          interestDue: position.interest_due,
          penaltyDue: position.penalty_due,
          compoundDue: position.compound_due,
          suspense: position.suspense,
          daysPastDue: position.days_past_due,
          classification: position.classification,
          accruing: position.accruing,
        });
        expect(loan.installments.map((row) => [row.seq, row.status, row.principal.paid])).toEqual(
          installments.map((row) => [row.seq, row.status, row.principal.paid]),
        );
        compared += 1;
      }
      expect(compared).toBeGreaterThan(LOANS / 2);
    });
  }, 60_000);

  it('shows events with outcomes, and entries that balance', async () => {
    const loans = await inBook(async (client) => {
      const { rows } = await client.query<{ loan_no: string }>(
        'SELECT DISTINCT loan_no FROM event JOIN loan USING (bucket, loan_id) WHERE type > 2',
      );
      const shown = [];
      for (const row of rows) shown.push(await showLoan(client, row.loan_no));
      return shown;
    });
    expect(loans.length).toBeGreaterThan(0);
    for (const loan of loans) {
      expect(loan.events.every((event) => event.outcome !== 'waiting')).toBe(true);
      const sum = loan.entries.reduce((at, line) => at + fen(line.debit) - fen(line.credit), 0);
      expect(sum).toBe(0);
      for (const event of loan.events.filter(({ outcome }) => outcome === 'posted')) {
        const paid = event.allocations.reduce((at, line) => at + fen(line.amount), 0);
        expect(paid).toBe(fen(event.allocated));
      }
    }
  });

  it('shows an earlier sealed day, and no other', async () => {
    await inBook(async (client) => {
      const [loanNo = ''] = await loanNumbers(client);
      const earlier = await showLoan(client, loanNo, day(DAYS[0]));
      expect(earlier.asOf).toBe(DAYS[0]);
      expect(earlier.events.every((event) => event.businessDate <= DAYS[0])).toBe(true);
      expect(await codeOf(showLoan(client, loanNo, day('2026-04-01')))).toBe('day_not_sealed');
      expect(await codeOf(showLoan(client, 'NO-SUCH-LOAN'))).toBe('unknown_loan');
    });
  });

  it('gives a trial balance that rolls forward', async () => {
    const [first, second] = await inBook(async (client) => [
      await trialBalance(client, day(DAYS[0])),
      await trialBalance(client),
    ]);
    expect([first?.businessDate, second?.businessDate]).toEqual(DAYS);
    expect(second?.totals).toMatchObject({ balanced: true, opening: '0.00', closing: '0.00' });
    expect(second?.lines.map((line) => line.opening)).toEqual(
      first?.lines.map((line) => line.closing),
    );
    expect(second?.lines.find((line) => line.account === '1303.01')?.nameZh).toBe('贷款本金-正常');
    expect(await codeOf(inBook((client) => trialBalance(client, day('2026-01-01'))))).toBe(
      'day_not_sealed',
    );
  });

  it.skipIf(!hasHledger)('gives hledger a journal with the same balances', async () => {
    const out = join(book.folder, 'book.journal');
    const range = { from: day(DAYS[0]), to: day(DAYS[1]) };
    const { lines } = await inBook(async (client) => {
      await exportHledger(client, { ...range, out });
      return trialBalance(client);
    });
    expect(strictCheck(out)).toBe('');
    const closing = lines.map((line) => [line.account, line.closing]);
    expect(hledgerBalances(out)).toEqual(Object.fromEntries(closing));
  });

  it('lists the runs, and shows one with its steps and totals', async () => {
    await inBook(async (client) => {
      const runs = (await listRuns(client, 10)).filter(({ job }) => job === 'eod');
      expect(runs.map((run) => [run.businessDate, run.status, run.tasksDone])).toEqual([
        [DAYS[1], 'done', 4],
        [DAYS[0], 'done', 4],
      ]);
      expect(await listRuns(client, 1)).toHaveLength(1);
      const run = await showRun(client, runs[0]!.runId);
      expect(run.steps.map((step) => step.phase).slice(3)).toEqual([
        'fold',
        'post',
        'tidy',
        'check',
        'seal',
      ]);
      expect(run.executions).toMatchObject([{ attempt: 1, outcome: 'done' }]);
      expect(run.heldLoans).toEqual([]);
      expect(run.contentHash).toMatch(/^[0-9a-f]{64}$/);
      const born = run.steps.reduce((sum, step) => sum + step.born, 0);
      expect(run.written).toBe(run.read + born - run.steps.reduce((n, step) => n + step.closed, 0));
      expect(parseDay(run.createdAt.slice(0, 10))).toBeDefined();
      expect(await codeOf(showRun(client, 999_999))).toBe('unknown_run');
    });
  });

  it('prints readable sections, and one document with --json', async () => {
    const { host, port, user, password, database: name } = database.target;
    const env = {
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGPASSWORD: password,
      PGDATABASE: name,
    };
    const [loanNo = ''] = await inBook(loanNumbers);
    const shown = await capture(['loan', 'show', loanNo], { env });
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    for (const title of ['schedule', 'instalments', 'events', 'entries', `position ${DAYS[1]}`]) {
      expect(shown.stdout).toContain(`\n${title}`);
    }
    for (const args of [
      ['loan', 'show', loanNo],
      ['runs', 'list'],
      ['runs', 'show', '1'],
      ['gl', 'trial-balance', '--as-of', DAYS[0]],
    ]) {
      const { exitCode, stdout } = await capture([...args, '--json'], { env });
      expect({ args, exitCode, type: typeof JSON.parse(stdout) }).toEqual({
        args,
        exitCode: 0,
        type: 'object',
      });
    }
    const balance = await capture(['gl', 'trial-balance'], { env });
    expect(balance.stdout).toMatch(/合计.*\n\ndebit balances .* balanced\n$/);
    expect(await capture(['loan', 'show', 'NONE'], { env })).toMatchObject({ exitCode: 1 });
    expect(await capture(['runs', 'list', '--limit', '0'], { env })).toMatchObject({ exitCode: 2 });
  });
});

describe('the list of loans', () => {
  interface Listed {
    readonly loanNo: string;
    readonly product: string;
    readonly org: string;
    readonly classification: string;
    readonly overdueBucket: string;
    readonly principal: string;
    readonly principalOverdue: string;
    readonly interest: string;
    readonly penalty: string;
    readonly suspense: string;
    readonly nextDueOn: string | null;
  }
  const { stringify } = JSON;
  const listed = async (...args: readonly string[]): Promise<readonly Listed[]> => {
    const { exitCode, stdout } = await list('--json', ...args);
    expect(exitCode).toBe(0);
    return (JSON.parse(stdout) as { loans: Listed[] }).loans;
  };

  it('has every loan with a position, by number, and sums to the portfolio', async () => {
    const all = await listed();
    const { rows } = await inBook((client) =>
      client.query<{ loan_no: string }>(
        `SELECT loan_no FROM position JOIN loan USING (bucket, loan_id)
         WHERE business_date = $1 ORDER BY loan_no COLLATE "C"`,
        [DAYS[1]],
      ),
    );
    expect(all.map(({ loanNo }) => loanNo)).toEqual(rows.map((row) => row.loan_no));
    const sums = new Map<string, number[]>();
    for (const loan of all) {
      const key = `${loan.classification} ${loan.overdueBucket}`;
      const amounts = [
        loan.principal,
        loan.principalOverdue,
        loan.interest,
        loan.penalty,
        loan.suspense,
      ].map(fen);
      const sum = sums.get(key) ?? [0, 0, 0, 0, 0, 0];
      sums.set(key, [sum[0]! + 1, ...amounts.map((amount, at) => sum[at + 1]! + amount)]);
    }
    const { lines } = await inBook((client) => portfolio(client));
    const said = lines.map((line) => [
      `${line.classification} ${line.overdueBucket}`,
      [
        line.loans,
        ...[line.principal, line.principalOverdue, line.interest, line.penalty, line.suspense].map(
          Number,
        ),
      ],
    ]);
    expect(said.length).toBeGreaterThan(2);
    expect(Object.fromEntries(sums)).toEqual(Object.fromEntries(said));
  });

  it('filters as plain reading of the whole list would', async () => {
    const all = await listed();
    const { product, org, loanNo } = all.find(({ overdueBucket }) => overdueBucket === 'M1')!;
    const part = loanNo.slice(0, 4).toLowerCase();
    const asked: [readonly string[], (loan: Listed) => boolean][] = [
      [['--product', product], (loan) => loan.product === product],
      [['--org', org], (loan) => loan.org === org],
      [['--class', 'special_mention'], (loan) => loan.classification === 'special_mention'],
      [['--bucket', 'M1'], (loan) => loan.overdueBucket === 'M1'],
      [['--bucket', 'm0', '--org', org], (loan) => loan.overdueBucket === 'M0' && loan.org === org],
      [['--text', part], (loan) => loan.loanNo.toLowerCase().includes(part)],
      [
        ['--due-within', '3'],
        ({ nextDueOn }) => nextDueOn !== null && nextDueOn > DAYS[1] && nextDueOn <= '2026-04-03',
      ],
    ];
    for (const [args, takes] of asked) {
      const expected = all.filter(takes).map((loan) => loan.loanNo);
      expect({ args, some: expected.length > 0 }).toEqual({ args, some: true });
      expect(expected.length).toBeLessThan(all.length + (args[0] === '--text' ? 1 : 0));
      const found = await listed(...args);
      expect({ args, found: found.map((loan) => loan.loanNo) }).toEqual({ args, found: expected });
    }
    expect(await listed('--text', '%')).toEqual([]);
    expect((await listed('--as-of', DAYS[0])).length).toBeGreaterThan(0);
  });

  it('refuses a name that nothing has, and a day that is not sealed', async () => {
    const refused = {
      unknown_product: ['--product', 'NONE'],
      unknown_org: ['--org', 'NONE'],
      unknown_funding_plan: ['--funding-plan', 'NONE'],
      unknown_class: ['--class', 'bad'],
      unknown_bucket: ['--bucket', 'M8'],
      malformed_number: ['--due-within', '0'],
      day_not_sealed: ['--as-of', '2026-04-01'],
      unknown_format: ['--out', 'loans.txt'],
    };
    for (const [code, args] of Object.entries(refused)) {
      const { exitCode, stderr } = await list('--json', ...args);
      expect([code, exitCode, JSON.parse(stderr)]).toMatchObject([code, 2, { error: { code } }]);
    }
  });

  it('writes the same rows to a file, and prints them under their titles', async () => {
    const all = await listed('--bucket', 'M1');
    const out = join(book.folder, 'loans.json');
    const written = await list('--json', '--bucket', 'M1', '--out', out);
    expect(JSON.parse(written.stdout)).toMatchObject({ file: out, rows: all.length });
    expect(stringify(JSON.parse(readFileSync(out, 'utf8')).loans)).toBe(stringify(all));
    const { stdout } = await list('--bucket', 'M1');
    expect(stdout).toContain('借据号 loan');
    for (const { loanNo, principal } of all) {
      const line = stdout.split('\n').find((each) => each.startsWith(`${loanNo} `));
      expect(line?.split(/ {2,}/)).toContain(principal);
    }
  });
});
