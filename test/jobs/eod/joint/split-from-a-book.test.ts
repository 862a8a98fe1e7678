import { afterAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { type PartyShare, showFunding } from '../../../../src/jobs/funding/show/show-funding.js';
import { workedCases } from '../../../support/worked-cases.js';
import { dayAt, type JointBook, jointBook } from './joint-book.js';

interface Move {
  readonly ref: string;
  readonly what: string;
  readonly principal?: string;
  readonly interest?: string;
}
interface SplitCase {
  readonly id: string;
  readonly input: {
    readonly plan: { readonly code: string; readonly service_fee?: unknown };
    readonly moves: readonly Move[];
  };
  readonly expected: {
    readonly moves: readonly {
      readonly shares: Readonly<Record<string, Readonly<Record<string, string>>>>;
      readonly entries: readonly { readonly account: string; readonly amount: string }[];
      readonly service_fee?: Readonly<Record<string, string>>;
      readonly service_tax?: Readonly<Record<string, string>>;
    }[];
    readonly payable: Readonly<Record<string, string>>;
    readonly balances: Readonly<Record<string, { principal: string; interest?: string }>>;
  };
}

const cases = new Map(workedCases<SplitCase>('funding').map((each) => [each.id, each]));
const books: JointBook[] = [];
afterAll(async () => {
  for (const book of books) await book.remove();
});

async function bookOf(each: SplitCase): Promise<JointBook> {
  const book = await jointBook([each.input.plan], 'allocation: {early_payment: hold}');
  books.push(book);
  return book;
}

/** One instalment a day, as the moves of the case have them; a day of it is what a move is. */
async function foldTerms(each: SplitCase): Promise<JointBook> {
  const book = await bookOf(each);
  const { moves } = each.input;
  const paid = moves.filter(({ what }) => what === 'repayment');
  const principal = moves[0]!.principal!;
  const row = `A1,P,${principal},0.18,${paid.length},${dayAt(0)},${each.input.plan.code}`;
  const rows = paid.map(
    (move, k) => `A1,${dayAt(k + 1)},${move.principal},${move.interest ?? '0.00'}`,
  );
  await book.loans([row], rows);
  for (const [k, move] of paid.entries()) {
    const total = (Number(move.principal) + Number(move.interest ?? 0)).toFixed(2);
    await book.close(dayAt(k));
    await book.events(`R${k + 1},A1,repayment,${dayAt(k + 1)},${total},,`);
  }
  await book.close(dayAt(paid.length));
  return book;
}

/** What `funding show` has of a party, and what the case has: there is no interest to come. */
const fen = (text = '0') => Math.round(Number(text) * 100);
const balanceOf = ({ party, principal, interestAccrued, interestDue }: PartyShare) => ({
  ...{ party, principal, interest: interestAccrued + interestDue },
});
const paperOf = ({ expected }: SplitCase) =>
  Object.entries(expected.balances).map(([party, { principal, interest }]) => ({
    ...{ party, principal: fen(principal), interest: fen(interest) },
  }));

const ofRef = (ref: string) => `j.event_id = (SELECT event_id FROM event WHERE ref = '${ref}')`;
const ACCRUAL = 'j.kind = movement_accrual()';

describe.skipIf(cases.size === 0)('a loan of a book', () => {
  it('over its twelve terms has the shares and entries of its case', {
    timeout: 300_000,
  }, async () => {
    const each = cases.get('F-S2')!;
    const paid = each.input.moves.filter(({ what }) => what === 'repayment');
    const book = await foldTerms(each);
    const { moves } = each.expected;
    expect(await book.entries(dayAt(0), ofRef('disbursement'))).toEqual(moves[0]!.entries);
    for (let k = 1; k <= paid.length; k += 1) {
      expect(await book.entries(dayAt(k - 1), ACCRUAL), `A${k}`).toEqual(moves[2 * k - 1]!.entries);
      expect(await book.entries(dayAt(k), ofRef(`R${k}`)), `R${k}`).toEqual(moves[2 * k]!.entries);
    }
    const items = await book.rows(
      `SELECT i.principal, i.interest, i.service_fee, i.service_tax, e.ref FROM funding_item i
       JOIN event e USING (bucket, loan_id, event_id) WHERE party = 'P1' AND e.ref LIKE 'R%'
       ORDER BY i.business_date`,
    );
    expect(items).toEqual(
      paid.map((_, k) => {
        const { shares, service_fee, service_tax } = moves[2 * k + 2]!;
        return {
          principal: fen(shares.P1!.principal),
          interest: fen(shares.P1!.interest),
          service_fee: fen(service_fee?.P1),
          service_tax: fen(service_tax?.P1),
          ref: `R${k + 1}`,
        };
      }),
    );
    // Settled: nobody has anything left, and the lender owes the partner what the case says.
    expect(
      await book.rows(
        `SELECT coalesce(sum(own_principal + partner_principal + own_interest_due
           + own_interest_accrued + partner_interest), 0)::int AS left
         FROM subledger_total WHERE business_date = '${dayAt(paid.length)}'`,
      ),
    ).toEqual([{ left: 0 }]);
    const payable = await book.rows(
      `SELECT sum(balance)::bigint AS owed FROM gl_balance JOIN account USING (account_id)
       WHERE code = '2241.03' AND business_date = '${dayAt(paid.length)}'`,
    );
    expect(payable).toEqual([{ owed: -fen(each.expected.payable.P1) }]);
    const { shares, had, settlements } = await showFunding(book.client, 'A1');
    expect(shares.map(balanceOf)).toEqual(paperOf(each));
    const owed = had.filter(({ movement }) => movement === 'repayment');
    expect(owed.map((line) => line.principal + line.interest - line.serviceFee)).toEqual([
      fen(each.expected.payable.P1),
    ]);
    // Less what it funds: nothing is settled yet.
    const funded = fen(moves[0]!.shares.P1!.principal);
    expect(settlements).toMatchObject([
      { party: 'P1', reference: null, ofLoan: fen(each.expected.payable.P1) - funded },
    ]);
  });

  it('takes back what the totals lose with a reversal', { timeout: 120_000 }, async () => {
    const each = cases.get('F-S3')!;
    const book = await bookOf(each);
    const code = each.input.plan.code;
    await book.loans(
      [`L,P,10000.00,0.00,3,${dayAt(0)},${code}`],
      [`L,${dayAt(1)},766.85,0.00`, `L,${dayAt(2)},100.05,0.00`, `L,${dayAt(30)},9133.10,0.00`],
    );
    await book.close(dayAt(0));
    await book.events(`R1,L,repayment,${dayAt(1)},766.85,,`);
    await book.close(dayAt(1));
    await book.events(`R2,L,repayment,${dayAt(2)},100.05,,`);
    await book.close(dayAt(2));
    await book.events(`V1,L,reversal,${dayAt(3)},,,R1`);
    await book.close(dayAt(3));
    const { moves } = each.expected;
    expect(await book.entries(dayAt(0), ofRef('disbursement'))).toEqual(moves[0]!.entries);
    expect(await book.entries(dayAt(1), ofRef('R1'))).toEqual(moves[1]!.entries);
    expect(await book.entries(dayAt(2), ofRef('R2'))).toEqual(moves[2]!.entries);
    expect(await book.entries(dayAt(3), 'true')).toEqual(moves[3]!.entries);
    expect(
      await book.rows(
        `SELECT sum(principal)::int AS owed FROM funding_item WHERE kind = movement_repayment()`,
      ),
    ).toEqual([{ owed: 7003 }]);
    const { shares } = await showFunding(book.client, 'L');
    expect(shares.map(balanceOf)).toEqual(paperOf(each));
    // As of the day before the reversal: what R1 and R2 paid is out.
    const before = await showFunding(book.client, 'L', parseDay(dayAt(2))!);
    expect(before.shares.map(({ principal }) => principal)).toEqual([273_993, 639_317]);
  });
});
