import { afterAll, describe, expect, it } from 'vitest';
import { formatAmount } from '../../../../src/accounting/money/amount-text.js';
import { settlePartners } from '../../../../src/jobs/funding/settle/settle-partners.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import { workedCases } from '../../../support/worked-cases.js';
import { answerOf } from '../../funding/simulate/funding-cases.js';
import { dayAt, type JointBook, jointBook, START } from './joint-book.js';

interface SplitCase {
  readonly id: string;
  readonly input: {
    readonly plan: { readonly code: string };
    readonly moves: readonly {
      readonly ref: string;
      readonly what: string;
      readonly principal?: string;
      readonly interest?: string;
    }[];
  };
  readonly expected: {
    readonly moves: readonly {
      readonly shares: Readonly<Record<string, Readonly<Record<string, string>>>>;
      readonly service_fee?: Readonly<Record<string, string>>;
    }[];
  };
}

const books: JointBook[] = [];
afterAll(async () => {
  for (const book of books) await book.remove();
});

const fen = (text = '0') => Math.round(Number(text) * 100);
const yuan = (amount: number) => formatAmount(amount, 2);
/** The end of a month is among them. */
const DAYS = 32;

/** What P1 is owed by the case: a move on each day, the disbursement on the first. */
function itemsOf({ input, expected }: SplitCase): { business_date: string; amount: string }[] {
  let day = 0;
  return input.moves.flatMap(({ what }, at) => {
    const { shares, service_fee } = expected.moves[at]!;
    const share = fen(shares.P1!.principal) + fen(shares.P1!.interest);
    if (what === 'disbursement') return [{ business_date: dayAt(0), amount: yuan(-share) }];
    if (what !== 'repayment') return [];
    day += 1;
    const business_date = dayAt(day);
    const fee = fen(service_fee?.P1);
    return [
      { business_date, amount: yuan(share) },
      ...(fee === 0 ? [] : [{ business_date, amount: yuan(-fee) }]),
    ];
  });
}

const split = workedCases<SplitCase>('funding').find(({ id }) => id === 'F-S2');

describe.skipIf(split === undefined)('the loan of F-S2 in a book', () => {
  it('is settled as its shares are on paper; the ledger has what is left, every day', {
    timeout: 400_000,
  }, async () => {
    const each = split!;
    const book = await jointBook([each.input.plan], 'allocation: {early_payment: hold}');
    books.push(book);
    const terms = { days: 1, minimum: '1500.00', dark: [{ from: dayAt(9), to: dayAt(12) }] };
    const document = { code: 'P1', version: 2, effective_from: START, settlement: terms };
    await applyTerms(book.client, 'partner', JSON.stringify(document), { source: 't', by: 'Li' });
    const paid = each.input.moves.filter(({ what }) => what === 'repayment');
    const principal = each.input.moves[0]!.principal!;
    await book.loans(
      [`A1,P,${principal},0.18,${paid.length},${dayAt(0)},${each.input.plan.code}`],
      paid.map((move, k) => `A1,${dayAt(k + 1)},${move.principal},${move.interest}`),
    );
    const items = itemsOf(each);
    for (let day = 0; day < DAYS; day += 1) {
      // In the morning what is due, then the money of the day, then its close.
      await settlePartners(book.client, { date: undefined, by: 'Li' });
      const move = paid[day - 1];
      if (move !== undefined) {
        const total = yuan(fen(move.principal) + fen(move.interest));
        await book.events(`R${day},A1,repayment,${dayAt(day)},${total},,`);
      }
      await book.close(dayAt(day));
      const [ledger] = await book.rows(
        `SELECT -sum(balance)::bigint AS owed FROM gl_balance JOIN account USING (account_id)
         WHERE code IN ('2241.03', '1221.04') AND business_date = '${dayAt(day)}'`,
      );
      const [kept] = await book.rows(
        'SELECT coalesce(sum(amount), 0)::bigint AS amount FROM funding_settlement',
      );
      const booked = items
        .filter(({ business_date }) => business_date <= dayAt(day))
        .reduce((sum, { amount }) => sum + fen(amount), 0);
      expect(Number(ledger!.owed), dayAt(day)).toBe(booked - Number(kept!.amount));
    }
    const [calendar] = await book.rows(
      'SELECT holidays, workdays FROM calendar_year WHERE year = 2026',
    );
    const onPaper = answerOf({
      ...{ kind: 'settle', terms, calendar: { ...calendar, years: [2026] } },
      through: dayAt(DAYS - 1),
      items: items.map((item, at) => ({ ...item, ref: `R${at}`, kind: 'repayment' })),
    });
    const made = await book.rows(
      `SELECT due_on, from_date AS from, to_date AS to, amount FROM funding_settlement
       ORDER BY settlement_id`,
    );
    expect(made.length).toBeGreaterThan(3);
    expect(made.map((row) => ({ ...row, amount: yuan(Number(row.amount)) }))).toEqual(
      onPaper.settlements,
    );
    // All is settled but what is carried: the ledger has that and no more.
    const standing = await settlePartners(book.client, { date: undefined, by: 'Li' });
    const carried = standing.standings.reduce((sum, each) => sum + each.carried, 0);
    expect(yuan(carried)).toBe(onPaper.carried);
  });
});
