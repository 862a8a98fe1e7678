import type { z } from 'zod';
import { parseAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import {
  checkedDay,
  date,
  field,
  flag,
  integer,
  listOf,
  mapping,
  oneOf,
  words,
} from '../../../documents/fields.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import {
  type LoanAtClose,
  MORNING_CLASSES,
  MORNING_STATUSES,
} from '../../../operations/figures/loan-at-close.js';
import type { Limit, NightLeft } from '../../../operations/figures/red-list.js';
import { limitFaults, limitList, limitsOf } from './limits-document.js';

const MINOR_DIGITS = 2;
const DAYS_MAX = 100_000;

/** An amount of money, not negative. */
function amount() {
  const rule = 'must be an amount, not negative, of at most 2 decimals';
  const schema = { type: ['string', 'number'], format: 'decimal', minimum: 0 };
  return field(rule, schema, (text): Fen | undefined => {
    const fen = parseAmount(text, MINOR_DIGITS);
    return fen === undefined || fen < 0 ? undefined : fen;
  });
}

const loanSchema = mapping({
  loan_no: words(),
  disbursed_on: date(),
  disbursed: amount(),
  status: oneOf(...MORNING_STATUSES),
  classification: oneOf(...MORNING_CLASSES),
  principal: amount(),
  days_past_due: integer(0, DAYS_MAX),
  status_before: oneOf(...MORNING_STATUSES, 'new'),
  principal_before: amount(),
  days_past_due_before: integer(0, DAYS_MAX),
  instalments: listOf(
    mapping({
      seq: integer(1),
      due_on: date(),
      free_until: date(),
      due: amount(),
      paid: listOf(mapping({ on: date(), amount: amount() })).default([]),
    }),
  ),
});

const reportSchema = mapping({
  kind: oneOf('report'),
  date: date(),
  allowance: amount(),
  loans: listOf(loanSchema),
  sealed: flag().default(true),
  failed_steps: listOf(words()).default([]),
  checks: listOf(mapping({ check: words(), ok: flag() })).default([]),
  held: integer(0).default(0),
  breaks: listOf(mapping({ opened_on: date() })).default([]),
  missing_files: listOf(words()).default([]),
  limits: limitList,
});
type ReportDocument = z.output<typeof reportSchema>;

export interface ReportInput {
  readonly day: EpochDay;
  readonly allowance: Fen;
  readonly loans: readonly LoanAtClose[];
  readonly left: NightLeft;
  readonly limits: readonly Limit[];
}

/** What `simulate` of the morning takes. Throws LoanbookError `invalid_document`, with paths. */
export function readReportInput(input: unknown, name: string): ReportInput {
  const document = checkShape(reportSchema, input, { name });
  refuseViolations({ name }, faultsOf(document));
  const { allowance, loans, checks, limits } = document;
  return {
    day: checkedDay(document.date),
    allowance,
    loans: loans.map(loanOf),
    left: {
      isSealed: document.sealed,
      failedSteps: document.failed_steps,
      failedChecks: checks.filter(({ ok }) => !ok).map(({ check }) => check),
      held: document.held,
      breaks: document.breaks.map(({ opened_on }) => checkedDay(opened_on)),
      missingFiles: document.missing_files,
    },
    limits: limitsOf(limits),
  };
}

function loanOf(loan: ReportDocument['loans'][number]): LoanAtClose {
  return {
    disbursedOn: checkedDay(loan.disbursed_on),
    disbursed: loan.disbursed,
    status: loan.status,
    classification: loan.classification,
    principal: loan.principal,
    daysPastDue: loan.days_past_due,
    statusBefore: loan.status_before,
    principalBefore: loan.principal_before,
    daysPastDueBefore: loan.days_past_due_before,
    instalments: loan.instalments.map(({ seq, due_on, free_until, due, paid }) => ({
      seq,
      dueOn: checkedDay(due_on),
      freeUntil: checkedDay(free_until),
      due,
      paid: paid.map(({ on, amount: fen }) => ({ on: checkedDay(on), amount: fen })),
    })),
  };
}

function faultsOf({ loans, limits }: ReportDocument): Violation[] {
  const faults: Violation[] = [];
  const numbers = new Set<string>();
  for (const [at, { loan_no, instalments }] of loans.entries()) {
    const path = `loans[${at}]`;
    if (numbers.has(loan_no)) {
      faults.push({ path: `${path}.loan_no`, rule: 'is there twice', value: loan_no });
    }
    numbers.add(loan_no);
    for (const [k, { seq, due_on, free_until }] of instalments.entries()) {
      const place = `${path}.instalments[${k}]`;
      if (instalments.findIndex((other) => other.seq === seq) < k) {
        faults.push({ path: `${place}.seq`, rule: 'is there twice', value: seq });
      }
      if (free_until < due_on) {
        const rule = 'must not be before due_on';
        faults.push({ path: `${place}.free_until`, rule, value: free_until });
      }
    }
  }
  return [...faults, ...limitFaults(limits)];
}
