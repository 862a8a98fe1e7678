import { z } from 'zod';
import { parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { Fen } from '../../../accounting/money/units.js';
import { code, listOf, mapping, oneOf, rate } from '../../../documents/fields.js';
import { checkShape, refuseViolations } from '../../../documents/violations.js';
import { SHARED } from '../../../funding/plan/plan.js';
import { entriesOfMove } from '../../../funding/shares/entries.js';
import {
  type Amounts,
  isFault,
  JointLoan,
  MOVES,
  type MoveShares,
} from '../../../funding/shares/joint-loan.js';
import { planFromValue } from '../../book/documents/funding-plan.js';
import { shown, signedAmount } from '../documents/amount-fields.js';

const moveSchema = mapping({
  ref: code(),
  what: oneOf(...MOVES),
  principal: signedAmount().optional(),
  interest: signedAmount().optional(),
  penalty: signedAmount().optional(),
  compound: signedAmount().optional(),
  fee: signedAmount().optional(),
});

const splitSchema = mapping({
  kind: oneOf('split'),
  plan: z.unknown(),
  loan: mapping({ rate: rate() }).optional(),
  policy: mapping({ partner_share_floor: rate() }).optional(),
  moves: listOf(moveSchema),
});
type Move = z.output<typeof moveSchema>;

/**
 * What each move of one loan is for each party, what it posts, and what is left. Throws
 * LoanbookError `invalid_document`.
 */
export function simulateSplit(input: unknown, name = 'split'): object {
  const { plan: planned, loan, policy, moves } = checkShape(splitSchema, input, { name });
  const loanRatePpb = loan === undefined ? null : (parseRatePpb(loan.rate) ?? 0);
  const partnerShareFloorPpb =
    policy === undefined ? null : (parseRatePpb(policy.partner_share_floor) ?? 0);
  const bounds = { loanRatePpb, partnerShareFloorPpb };
  const { plan } = planFromValue(planned, { name, path: 'plan' }, bounds);
  const hasYield = plan.parties.some(({ ratePpb }) => ratePpb !== null);
  if (hasYield && loanRatePpb === null) {
    const rule = 'is required: a party of the plan has a fixed yield';
    refuseViolations({ name }, [{ path: 'loan.rate', rule }]);
  }
  const joint = new JointLoan(plan, loanRatePpb ?? 0);
  const payable = plan.parties.map(() => 0);
  const touched = new Set<number>();
  const answers = moves.map((move, at) => {
    const amounts = SHARED.map((component) => move[component] ?? 0);
    const outcome = joint.move(move.what, amounts);
    if (isFault(outcome)) {
      const component = SHARED[outcome.component]!;
      const value = move[component] === undefined ? undefined : shown(move[component]);
      refuseViolations({ name }, [
        { path: `moves[${at}].${component}`, rule: outcome.rule, value },
      ]);
      throw new TypeError('a fault was refused');
    }
    for (const [component, word] of SHARED.entries()) {
      if (move[word] !== undefined) touched.add(component);
    }
    for (const party of plan.parties.keys()) payable[party]! += owedBy(move, outcome, party);
    return answerOf(move, outcome);
  });
  const others = [...plan.parties.entries()].filter(([, { own }]) => !own);
  return {
    moves: answers,
    balances: byParty((party) =>
      Object.fromEntries(
        [...touched]
          .sort()
          .map((component) => [SHARED[component]!, shown(joint.balance(party, component))]),
      ),
    ),
    payable: Object.fromEntries(others.map(([at, { party }]) => [party, shown(payable[at]!)])),
  };

  function byParty<T>(of: (party: number) => T): Record<string, T> {
    return Object.fromEntries(plan.parties.map(({ party }, at) => [party, of(at)]));
  }

  function answerOf(move: Move, outcome: MoveShares): object {
    const { shares, fees, taxes } = outcome;
    const fee = fees.some((amount) => amount !== 0);
    return {
      ref: move.ref,
      shares: byParty((party) => namedAmounts(move, shares[party]!)),
      entries: entriesOfMove(plan, move.what, outcome).map(({ account, amount }) => ({
        account,
        amount: shown(amount),
      })),
      ...(fee ? { service_fee: nonZero(fees), service_tax: nonZero(taxes, fees) } : {}),
    };
  }

  /** Amounts of the parties that pay a fee. */
  function nonZero(amounts: readonly Fen[], where = amounts): object {
    return Object.fromEntries(
      plan.parties.flatMap(({ party }, at) =>
        where[at] === 0 ? [] : [[party, shown(amounts[at]!)]],
      ),
    );
  }
}

/** What a move makes the lender owe a party: its money, less the fee. */
function owedBy({ what }: Move, { shares, fees }: MoveShares, party: number): Fen {
  if (what !== 'repayment' && what !== 'merchant_refund') return 0;
  return shares[party]!.reduce((sum, amount) => sum + amount, 0) - fees[party]!;
}

function namedAmounts(move: Move, amounts: Amounts): object {
  return Object.fromEntries(
    SHARED.flatMap((word, component) =>
      move[word] === undefined ? [] : [[word, shown(amounts[component]!)]],
    ),
  );
}
