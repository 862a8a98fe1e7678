import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatAmount } from '../../../../src/accounting/money/amount-text.js';
import { checkChain } from '../../../../src/jobs/day/proof/check-chain.js';
import {
  type AssignedList,
  assignLoans,
} from '../../../../src/jobs/funding/assign/assign-loans.js';
import { assignmentFromValue } from '../../../../src/jobs/funding/documents/assignment-document.js';
import { reconcileGl } from '../../../../src/jobs/ledger/reconcile-gl.js';
import { packageRoot } from '../../../../src/package-root.js';
import { commandLine } from '../../../support/command-line.js';
import { workedCases } from '../../../support/worked-cases.js';
import { dayAt, type JointBook, jointBook } from '../../eod/joint/joint-book.js';

interface TransferCase {
  readonly id: string;
  readonly input: {
    readonly plan: { readonly code: string };
    readonly ratio: string;
    readonly interest_ratio: string;
    readonly loans: readonly { readonly loan_no: string; readonly principal: string }[];
    readonly later: readonly { readonly ref: string }[];
  };
  readonly expected: {
    readonly loans: readonly object[];
    readonly pool: object;
    readonly remit: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

const books: JointBook[] = [];
afterAll(async () => {
  for (const book of books) await book.remove();
});

const yuan = (amount: number) => formatAmount(amount, 2);

/** The priced list in the words of the page. */
function onPaper({ loans, sold, price }: Pick<AssignedList, 'loans' | 'sold' | 'price'>) {
  return {
    loans: loans.map((loan) =>
      loan.sold === undefined
        ? { loan_no: loan.loanNo, state: loan.state, rule: loan.rule }
        : {
            ...{ loan_no: loan.loanNo, state: loan.state },
            sold: { principal: yuan(loan.sold[0]!), interest: yuan(loan.sold[1]!) },
            ...{ price: yuan(loan.price!), gain: yuan(loan.gain!) },
          },
    ),
    pool: { sold: yuan(sold), price: yuan(price), gain: yuan(price - sold) },
  };
}

/** As the page of the command has it: tried, asked for by one, granted by another. */
async function sellByExample(book: JointBook, pool: object): Promise<void> {
  const example = readFileSync(join(packageRoot, 'fixtures/funding/assignment.yaml'), 'utf8');
  const list = book.file(
    'assignment.yaml',
    example.replace('2026-03-02', dayAt(1)).replace(/LN2026\d+1, LN2026\d+2/, 'A, B, D'),
  );
  const run = commandLine(book.database.target, dirname(list));
  const line = ['funding', 'assign', list];
  const tried = await run([...line, '--dry-run', '--by', 'Li Na', '--json']);
  expect(tried).toMatchObject({ exitCode: 0 });
  const { loans, ...frame } = JSON.parse(tried.stdout);
  expect(frame).toMatchObject({ code: 'POOL-2026-1', plan: 'ABS-1 1', buyer: 'SPV1', pool });
  expect(loans[0]).toMatchObject({ loanNo: 'A', price: '9099.32', gain: '-138.50' });
  const asked = await run([...line, '--by', 'Li Na', '--json']);
  const { approval, outcome } = JSON.parse(asked.stdout);
  expect([asked.exitCode, outcome]).toEqual([0, 'pending']);
  const granted = await run(['approve', 'grant', String(approval), '--by', 'Wang', '--json']);
  expect(JSON.parse(granted.stdout)).toMatchObject({ act: 'funding_assign', outcome: 'assigned' });
  const again = await run([...line, '--by', 'Li Na', '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'unchanged', pool });
  const listed = await run(['funding', 'assignment', 'list', '--json']);
  expect(JSON.parse(listed.stdout).assignments).toMatchObject([
    { code: 'POOL-2026-1', loans: 3, stillThere: 3, assignedBy: 'Li Na', checker: 'Wang' },
  ]);
}

const found = workedCases<TransferCase>('funding').find(({ id }) => id === 'F-T1');

describe.skipIf(found === undefined)('the pool of F-T1 in a book', () => {
  it('is priced, collected and remitted as on paper; the ledger ties', {
    timeout: 400_000,
  }, async () => {
    const { input, expected } = found!;
    const book = await jointBook(
      [{ ...input.plan, effective_from: '2026-01-01' }],
      'allocation: {early_payment: hold}',
      ['SPV1'],
    );
    books.push(book);
    // A is lent on the day of the sale, the second one, whose night is 9233.20 x 18% / 360 = 4.62; D's
    // interest falls due on it, and C is repaid. What is left of A's case falls due two days later.
    const rows = input.loans.map(({ loan_no, principal }) => {
      const lent = loan_no === 'C' ? '10.00' : principal;
      const periods = { A: 2, B: 1, C: 1, D: 2, E: 1 }[loan_no];
      const isA = loan_no === 'A';
      return `${loan_no},P,${lent},${isA ? 0.18 : 0},${periods},${dayAt(isA ? 1 : 0)},`;
    });
    await book.loans(rows, [
      `A,${dayAt(3)},778.30,138.50`,
      `A,${dayAt(60)},8454.90,0.00`,
      `B,${dayAt(3)},3333.79,0.00`,
      `C,${dayAt(1)},10.00,0.00`,
      `D,${dayAt(1)},0.00,10.10`,
      `D,${dayAt(60)},1234.57,0.00`,
      `E,${dayAt(60)},5.00,0.00`,
    ]);
    await book.close(dayAt(0));
    await book.events(`C1,C,repayment,${dayAt(1)},10.00,,`);
    await book.close(dayAt(1));

    const terms = { day: dayAt(1), buyer: 'SPV1', plan: input.plan.code };
    const { ratio, interest_ratio } = input;
    const sale = (code: string, loans: readonly string[]) =>
      assignmentFromValue({ code, ...terms, ratio, interest_ratio, loans }, code);
    const all = input.loans.map(({ loan_no }) => loan_no);
    const by = { source: 'sale', by: 'Li' };
    // E waits in another request.
    const other = await assignLoans(book.client, sale('OTHER', ['E']), by);
    expect(other).toMatchObject({ outcome: 'pending' });
    const tried = await assignLoans(book.client, sale('POOL', all), { ...by, dryRun: true });
    expect(onPaper(tried)).toEqual({ loans: expected.loans, pool: expected.pool });
    await expect(assignLoans(book.client, sale('POOL', all), by)).rejects.toMatchObject({
      code: 'assignment_refused',
      evidence: { loans: 2, loan: 'C', rule: 'status', value: 'settled' },
    });

    await sellByExample(book, expected.pool);
    await book.close(dayAt(2));
    await book.events(
      `R1,A,repayment,${dayAt(3)},916.80,,`,
      `R2,B,repayment,${dayAt(3)},3333.79,,`,
    );
    await book.close(dayAt(3));
    expect(await book.rows('SELECT DISTINCT reason FROM held_loan')).toEqual([]);

    const remitted = await book.rows(
      `SELECT sum(principal + interest + penalty + compound + fee - service_fee)::bigint AS owed
       FROM funding_item WHERE party = 'SPV1' AND business_date = '${dayAt(3)}'`,
    );
    const [remit] = Object.values(expected.remit);
    expect(yuan(Number(remitted[0]!.owed))).toBe(remit!.SPV1);
    expect(await reconcileGl(book.client, { everyLoan: true })).toMatchObject({ ok: true });
    expect((await checkChain(book.client, {})).broken).toEqual([]);
  });
});
