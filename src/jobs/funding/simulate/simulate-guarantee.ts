import { z } from 'zod';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { Fen } from '../../../accounting/money/units.js';
import { checkedDay, date, integer, listOf, mapping, oneOf } from '../../../documents/fields.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import type { Claim } from '../../../funding/guarantee/claim.js';
import { GuaranteeEntries } from '../../../funding/guarantee/entries.js';
import { type EventOutcome, PAID_IN_ORDER } from '../../../funding/guarantee/events.js';
import { GuaranteedLoan } from '../../../funding/guarantee/guaranteed-loan.js';
import type { FundingPlan } from '../../../funding/plan/plan.js';
import type { EntryLine } from '../../../funding/shares/entries.js';
import { planFromValue } from '../../book/documents/funding-plan.js';
import { amount, code, MINOR_DIGITS } from '../documents/amount-fields.js';
import { guaranteeTerms, guaranteeTermsSchema } from '../documents/guarantee-document.js';
import { datedLoanSchema, faultsOfLoan } from './loan-fields.js';

const eventSchema = z.discriminatedUnion(
  'type',
  [
    mapping({
      ...{ type: z.literal('charge'), day: date(), ref: code().optional() },
      ...{ seq: integer(1), amount: amount(1) },
    }),
    mapping({ type: z.literal('repayment'), day: date(), ref: code(), amount: amount(1) }),
    mapping({
      ...{ type: z.literal('compensation'), day: date(), ref: code() },
      ...{ seq: integer(0), amount: amount(1) },
    }),
    mapping({ type: z.literal('buy_back'), day: date(), ref: code(), amount: amount(1) }),
    mapping({
      ...{ type: z.literal('refusal'), day: date(), ref: code().optional(), seq: integer(0) },
    }),
  ],
  { error: 'must be one of charge, repayment, compensation, buy_back, refusal' },
);

const guaranteeSchema = mapping({
  kind: oneOf('guarantee'),
  terms: guaranteeTermsSchema(),
  loan: datedLoanSchema,
  plan: z.unknown().optional(),
  events: listOf(eventSchema),
  through: date(),
});
type Input = z.output<typeof guaranteeSchema>;
type Event = Input['events'][number];

/** The lender's alone: what the money of a loan posts that nobody else funds. */
const ALONE = { code: 'OWN', version: 1, parties: [{ party: 'OWN', part: 1, own: true }] };

/**
 * A guaranteed loan from its disbursement through a day: claims, where money went, what is owed to
 * whom. Throws LoanbookError `invalid_document`.
 */
export function simulateGuarantee(input: unknown, name = 'guarantee'): object {
  const checked = checkShape(guaranteeSchema, input, { name });
  const { plan } = planFromValue(checked.plan ?? ALONE, { name, path: 'plan' });
  refuseViolations({ name }, [...faultsOfLoan(checked.loan), ...faultsOf(checked, plan)]);
  const loan = loanOf(checked);
  const through = checkedDay(checked.through);
  // In order within a day; what is after `through` has not happened yet.
  const events = checked.events
    .map((event) => ({ event, day: checkedDay(event.day) }))
    .sort((left, right) => left.day - right.day);
  const machine = new GuaranteedLoan(guaranteeTerms(checked.terms), loan);
  const books = new GuaranteeEntries(plan, 0, checked.loan.principal);
  const log = new Log();
  let next = 0;
  for (let day = loan.disbursedOn; day <= through; day += 1) {
    books.fallDue(machine.begin(day));
    for (; events[next]?.day === day; next += 1) {
      const { event } = events[next]!;
      const outcome = machine.take(event);
      log.add(event, outcome, books.of(event, outcome));
    }
    machine.close();
  }
  const { coverLeft } = machine;
  return {
    claims: machine.claims.map(shownClaim),
    ...log.shown(),
    lender: balances(machine, 'lender'),
    guarantor: balances(machine, 'guarantor'),
    days_past_due: machine.daysPastDue('lender'),
    customer_days_past_due: machine.daysPastDue('customer'),
    ...(coverLeft === null ? {} : { cover_left: shown(coverLeft) }),
  };
}

function loanOf({ loan }: Input) {
  return {
    disbursedOn: checkedDay(loan.disbursed_on),
    schedule: loan.schedule.map(({ due_on, ...rest }) => ({ ...rest, dueOn: checkedDay(due_on) })),
  };
}

function faultsOf({ terms, loan, events }: Input, plan: FundingPlan): Violation[] {
  const faults: Violation[] = [];
  if (terms.cap !== null && terms.cap.disbursed === null) {
    faults.push({ path: 'terms.cap.disbursed', rule: 'is required: there is no book to sum' });
  }
  if (plan.parties.some(({ ratePpb }) => ratePpb !== null)) {
    faults.push({ path: 'plan.parties', rule: 'must have no fixed yield: the loan has no rate' });
  }
  for (const [at, event] of events.entries()) {
    if (checkedDay(event.day) < checkedDay(loan.disbursed_on)) {
      const rule = 'must not be before the disbursement';
      faults.push({ path: `events[${at}].day`, rule, value: event.day });
    }
    if (event.type === 'charge' && !loan.schedule.some(({ seq }) => seq === event.seq)) {
      const rule = 'must be an instalment of the loan';
      faults.push({ path: `events[${at}].seq`, rule, value: event.seq });
    }
  }
  return faults;
}

/** What events came to, in their order. */
class Log {
  readonly #allocations: object[] = [];
  readonly #rejected: object[] = [];
  readonly #entries: object[] = [];
  #suspense: Fen = 0;
  #recovery: Fen = 0;
  #returns: Fen = 0;

  add(event: Event, outcome: EventOutcome, lines: readonly EntryLine[]): void {
    const { ref } = event;
    const { rejected, allocations, suspense, returns } = outcome;
    this.#suspense += suspense;
    this.#returns += returns;
    if (rejected !== null) {
      // A refusal need not have a ref.
      const which = ref === undefined && event.type === 'refusal' ? { seq: event.seq } : { ref };
      this.#rejected.push({ ...which, rule: rejected });
    }
    for (const { seq, to, component, amount: paid } of allocations) {
      if (to === 'guarantor') this.#recovery += paid;
      this.#allocations.push({ ref, seq, to, component, amount: shown(paid) });
    }
    if (lines.length === 0) return;
    const entries = lines.map(({ account, amount: posted }) => ({
      ...{ account, amount: shown(posted) },
    }));
    this.#entries.push({ ref, entries });
  }

  shown(): object {
    return {
      allocations: this.#allocations,
      suspense: shown(this.#suspense),
      payable: { recovery: shown(this.#recovery), returns: shown(this.#returns) },
      rejected: this.#rejected,
      entries: this.#entries,
    };
  }
}

function shownClaim({ seq, kind, reason, day, amount: asked, paid, state }: Readonly<Claim>) {
  const why = reason === null ? {} : { reason };
  const amounts = { amount: shown(asked), paid: shown(paid) };
  return { seq, kind, ...why, day: formatDay(day), ...amounts, state };
}

function balances(machine: GuaranteedLoan, holder: 'lender' | 'guarantor'): object {
  const open = machine.balance(holder);
  return Object.fromEntries(PAID_IN_ORDER.map((word, at) => [word, shown(open[at]!)]));
}

function shown(fen: Fen): string {
  return formatAmount(fen, MINOR_DIGITS);
}
