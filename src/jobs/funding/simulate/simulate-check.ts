import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { checkedDay, date, integer, listOf, mapping, oneOf } from '../../../documents/fields.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import {
  BREAK_TYPES,
  type ByComponent,
  type CheckTerms,
  checkLoan,
  type LoanBreak,
  type OurLoan,
  type TheirLoan,
} from '../../../funding/check/check-loan.js';
import { SHARED, type Shared } from '../../../funding/plan/plan.js';
import { code, MINOR_DIGITS, signedAmount } from '../documents/amount-fields.js';

type AmountFields = Record<Shared, ReturnType<typeof optionalAmount>>;
const optionalAmount = () => signedAmount().optional();
const amounts = Object.fromEntries(SHARED.map((word) => [word, optionalAmount()])) as AmountFields;
const byComponent = () => mapping(amounts);

const loan = {
  loan_no: code(),
  status: code().optional(),
  class: code().optional(),
  ...amounts,
};

const checkSchema = mapping({
  kind: oneOf('check'),
  day: date(),
  tolerance: integer(0).default(0),
  cross_days: integer(0).default(2),
  ours: listOf(mapping({ ...loan, late: byComponent().default({}) })),
  theirs: listOf(
    mapping({ ...loan, before: byComponent().optional(), flows: byComponent().default({}) }),
  ),
  open: listOf(mapping({ loan_no: code(), type: oneOf(...BREAK_TYPES), since: date() })).default(
    [],
  ),
});

/** The breaks of a partner's snapshot of a day. Throws LoanbookError `invalid_document`. */
export function simulateCheck(input: unknown, name = 'check'): object {
  const document = checkShape(checkSchema, input, { name });
  const { ours, theirs, open, tolerance, cross_days: crossDays } = document;
  const day = checkedDay(document.day);
  refuseViolations({ name }, [...repeated(ours), ...future(open, day)]);
  const since = new Map<string, EpochDay>();
  for (const { loan_no: loanNo, type, since: from } of open) {
    if (type !== 'cross_day') continue;
    since.set(loanNo, Math.min(checkedDay(from), since.get(loanNo) ?? day));
  }
  const own = new Map(
    ours.map((each): [string, OurLoan] => [
      each.loan_no,
      {
        ...{ status: each.status, class: each.class, amounts: listed(each) },
        ...{ late: listed(each.late), crossSince: since.get(each.loan_no) ?? null },
      },
    ]),
  );
  const their = new Map<string, TheirLoan[]>();
  for (const each of theirs) {
    their.set(each.loan_no, [...(their.get(each.loan_no) ?? []), theirLoan(each)]);
  }
  const terms: CheckTerms = { day, tolerance, crossDays };
  const breaks: object[] = [];
  const tolerated: (Fen | undefined)[] = [];
  let matched = 0;
  for (const loanNo of [...new Set([...own.keys(), ...their.keys()])].sort()) {
    const checked = checkLoan(own.get(loanNo) ?? null, their.get(loanNo) ?? [], terms);
    if (checked.breaks.length === 0) matched += 1;
    breaks.push(...checked.breaks.map((each) => ({ loan_no: loanNo, ...shownBreak(each) })));
    for (const [component, difference] of checked.tolerated.entries()) {
      if (difference === undefined) continue;
      tolerated[component] = (tolerated[component] ?? 0) + difference;
    }
  }
  return { matched, breaks, tolerated: shownAmounts(tolerated) };
}

type Theirs = { readonly [key in Shared]?: Fen | undefined };

function theirLoan(
  row: Theirs & {
    readonly status?: string | undefined;
    readonly class?: string | undefined;
    readonly before?: Theirs | undefined;
    readonly flows: Theirs;
  },
): TheirLoan {
  return {
    ...{ status: row.status, class: row.class, amounts: listed(row), flows: listed(row.flows) },
    before: row.before === undefined ? undefined : listed(row.before),
  };
}

function listed(row: Theirs): ByComponent {
  return SHARED.map((word) => row[word]);
}

function shownBreak({ type, component, difference }: LoanBreak): object {
  if (component === undefined || difference === undefined) return { type };
  return { type, component: SHARED[component]!, difference: shown(difference) };
}

function shownAmounts(sums: ByComponent): object {
  return Object.fromEntries(
    SHARED.flatMap((word, component) =>
      sums[component] === undefined ? [] : [[word, shown(sums[component])]],
    ),
  );
}

function shown(amount: Fen): string {
  return formatAmount(amount, MINOR_DIGITS);
}

function repeated(ours: readonly { readonly loan_no: string }[]): Violation[] {
  const seen = new Set<string>();
  return ours.flatMap(({ loan_no: value }, at) => {
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [{ path: `ours[${at}].loan_no`, rule: 'is a loan of ours already', value }];
  });
}

function future(open: readonly { readonly since: string }[], day: EpochDay): Violation[] {
  return open.flatMap(({ since }, at) =>
    checkedDay(since) <= day
      ? []
      : [{ path: `open[${at}].since`, rule: `must not be after ${formatDay(day)}`, value: since }],
  );
}
