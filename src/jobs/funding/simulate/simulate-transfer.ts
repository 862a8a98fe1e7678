import { z } from 'zod';
import { parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { Fen } from '../../../accounting/money/units.js';
import { checkedDay, date, flag, listOf, mapping, oneOf, rate } from '../../../documents/fields.js';
import { checkShape, refuseViolations } from '../../../documents/violations.js';
import { type FundingPlan, SHARED, type Shared } from '../../../funding/plan/plan.js';
import { isFault, JointLoan, MOVES } from '../../../funding/shares/joint-loan.js';
import { type Decline, isSold, Pool, type SoldLoan } from '../../../funding/transfer/transfer.js';
import { planFromValue } from '../../book/documents/funding-plan.js';
import { checkedRate, code, shown, signedAmount } from '../documents/amount-fields.js';

const amounts = {
  principal: signedAmount().optional(),
  interest: signedAmount().optional(),
  penalty: signedAmount().optional(),
  compound: signedAmount().optional(),
  fee: signedAmount().optional(),
};

const transferSchema = mapping({
  kind: oneOf('transfer'),
  day: date(),
  plan: z.unknown(),
  ratio: rate().default('1'),
  interest_ratio: rate().default('1'),
  loans: listOf(
    mapping({
      loan_no: code(),
      status: code().default('active'),
      pending: flag().default(false),
      rate: rate().optional(),
      ...amounts,
    }),
  ),
  later: listOf(
    mapping({
      ref: code(),
      day: date(),
      value_date: date().optional(),
      what: oneOf(...MOVES).default('repayment'),
      loan_no: code(),
      ...amounts,
    }),
  ).default([]),
});
type Document = z.output<typeof transferSchema>;
type Loan = Document['loans'][number];

/** A loan that is late runs like any other. */
const ACTIVE: ReadonlySet<string> = new Set(['active', 'normal', 'overdue']);
const ALWAYS: ReadonlySet<Shared> = new Set(['principal', 'interest']);

/**
 * A list of loans that is sold: what of each, its price, and what is handed over of the money that
 * comes in later. Throws LoanbookError `invalid_document`.
 */
export function simulateTransfer(input: unknown, name = 'transfer'): object {
  const document = checkShape(transferSchema, input, { name });
  const { plan } = planFromValue(document.plan, { name, path: 'plan' });
  refuseRepeated(document, name);
  refuseWithoutRate(document, plan, name);
  const pool = new Pool(plan, {
    ratioPpb: checkedRate(document.ratio),
    interestRatioPpb: checkedRate(document.interest_ratio),
  });
  const joint = new Map<string, JointLoan | null>();
  const loans = document.loans.map((loan) => {
    const balances = SHARED.map((component) => loan[component] ?? 0);
    const ratePpb = rateOf(loan);
    const isActive = ACTIVE.has(loan.status);
    const outcome = pool.add({ isPending: loan.pending, isActive, balances, ratePpb });
    const isIn = isSold(outcome);
    joint.set(loan.loan_no, isIn ? new JointLoan(plan, ratePpb, balances) : null);
    return shownLoan(loan, outcome);
  });
  const { sold, price } = pool.total;
  return {
    loans,
    pool: { sold: shown(sold), price: shown(price), gain: shown(price - sold) },
    ...collected(document, plan, joint, name),
  };
}

/** What is handed over by day and party, and moves that the buyer has no part in. */
function collected(
  { day, later }: Document,
  plan: FundingPlan,
  loans: ReadonlyMap<string, JointLoan | null>,
  name: string,
): object {
  const rejected: object[] = [];
  const remit = new Map<string, Fen[]>();
  for (const [at, move] of later.entries()) {
    const loan = loans.get(move.loan_no);
    if (loan === undefined) {
      const rule = 'must be a loan of the list';
      refuseViolations({ name }, [{ path: `later[${at}].loan_no`, rule, value: move.loan_no }]);
    }
    // Effective behind the close of the day: what is booked on it is the seller's.
    if (checkedDay(move.day) <= checkedDay(day)) {
      rejected.push({ ref: move.ref, rule: 'before_transfer' });
      continue;
    }
    if (!loan) {
      rejected.push({ ref: move.ref, rule: 'declined' });
      continue;
    }
    const outcome = loan.move(
      move.what,
      SHARED.map((component) => move[component] ?? 0),
    );
    if (isFault(outcome)) {
      const path = `later[${at}].${SHARED[outcome.component]!}`;
      refuseViolations({ name }, [{ path, rule: outcome.rule }]);
      continue;
    }
    if (move.what !== 'repayment' && move.what !== 'merchant_refund') continue;
    const sums = remit.get(move.day) ?? plan.parties.map(() => 0);
    for (const [party, shares] of outcome.shares.entries()) {
      sums[party]! += shares.reduce((sum, share) => sum + share, 0) - outcome.fees[party]!;
    }
    remit.set(move.day, sums);
  }
  const days = [...remit].sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    rejected,
    remit: Object.fromEntries(days.map(([on, sums]) => [on, byPartner(plan, sums)])),
  };
}

function byPartner({ parties }: FundingPlan, sums: readonly Fen[]): object {
  return Object.fromEntries(
    parties.flatMap(({ party, own }, at) => (own ? [] : [[party, shown(sums[at]!)]])),
  );
}

function shownLoan(loan: Loan, outcome: SoldLoan | Decline): object {
  const { loan_no } = loan;
  if (!isSold(outcome)) return { loan_no, state: 'declined', rule: outcome };
  const { sold, price } = outcome;
  const total = sold.reduce((sum, amount) => sum + amount, 0);
  const named = SHARED.flatMap((word, component) =>
    ALWAYS.has(word) || loan[word] !== undefined ? [[word, shown(sold[component]!)]] : [],
  );
  return {
    ...{ loan_no, state: 'active', sold: Object.fromEntries(named) },
    ...{ price: shown(price), gain: shown(price - total) },
  };
}

function refuseRepeated({ loans }: Document, name: string): void {
  const numbers = loans.map(({ loan_no }) => loan_no);
  const violations = numbers.flatMap((value, at) =>
    numbers.indexOf(value) === at
      ? []
      : [{ path: `loans[${at}].loan_no`, rule: 'is in the list already', value }],
  );
  refuseViolations({ name }, violations);
}

/** A fixed yield is a part of the loan's own rate. */
function refuseWithoutRate({ loans }: Document, { parties }: FundingPlan, name: string): void {
  const yields = parties.flatMap(({ ratePpb }) => (ratePpb === null ? [] : [ratePpb]));
  const violations = loans.flatMap((loan, at) => {
    const path = `loans[${at}].rate`;
    if (yields.length === 0) return [];
    if (loan.rate === undefined) {
      return [{ path, rule: 'is required: a party of the plan has a fixed yield' }];
    }
    if (yields.every((ppb) => ppb <= rateOf(loan))) return [];
    const rule = 'must not be below the fixed yield of a party of the plan';
    return [{ path, rule, value: loan.rate }];
  });
  refuseViolations({ name }, violations);
}

function rateOf({ rate }: Loan): number {
  return rate === undefined ? 0 : (parseRatePpb(rate) ?? 0);
}
