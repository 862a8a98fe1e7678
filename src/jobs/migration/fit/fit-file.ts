import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import { parseAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { SCHEDULE_COLUMNS } from '../../import/schedule-group.js';
import { parseCount } from '../../import/source/field-text.js';
import type { ColumnSpec } from '../../import/source/source-columns.js';
import { type TheirFile, textRows } from '../source-rows.js';
import type { ObservedLoan } from './observed-loan.js';

/** What is read of a loan whose product is looked for. */
const FIT_COLUMNS: readonly ColumnSpec[] = [
  { name: 'loan_no', required: true },
  { name: 'principal', required: true },
  { name: 'rate', required: true },
  { name: 'periods', required: true },
  { name: 'disbursed_on', required: true },
  { name: 'first_due_on', required: false },
  { name: 'installment', required: false },
  { name: 'balance', required: false },
  { name: 'periods_paid', required: false },
];

export interface FitFile extends TheirFile {
  /** A CSV file of the loans' own schedules. */
  readonly schedules?: string | undefined;
  readonly minorDigits: number;
  /** Loans that are kept, whatever their number in the file. */
  readonly sample: number;
  readonly signal?: AbortSignal | undefined;
}

export interface FitSample {
  readonly loans: readonly ObservedLoan[];
  readonly read: number;
  /** Rows that say something that cannot be. */
  readonly unread: number;
}

/**
 * A sample of the loans of a file, the same one at every time, with what the file of schedules says
 * of them. In memory is no more than the sample. Throws as `openSource` and `layoutRows` do.
 */
export async function sampleLoans(options: FitFile): Promise<FitSample> {
  const { minorDigits, sample, signal } = options;
  const kept: ObservedLoan[] = [];
  let read = 0;
  let unread = 0;
  let state = 1;
  const readAs = { kind: 'loans', columns: FIT_COLUMNS, minorDigits, signal } as const;
  for await (const { fields } of textRows(options, readAs)) {
    read += 1;
    const loan = fields === null ? undefined : observedLoan(fields, minorDigits);
    if (loan === undefined) {
      unread += 1;
      continue;
    }
    if (kept.length < sample) {
      kept.push(loan);
      continue;
    }
    // Minimal standard generator: chance that is the same on every machine.
    state = (state * 48_271) % 2_147_483_647;
    const place = state % (read - unread);
    if (place < sample) kept[place] = loan;
  }
  const rows = await schedulesOf(options, new Set(kept.map(({ loanNo }) => loanNo)));
  const loans = kept.map((loan) => ({ ...loan, rows: rows.get(loan.loanNo) ?? null }));
  return { loans, read, unread };
}

function observedLoan(
  fields: Readonly<Record<string, string>>,
  minorDigits: number,
): ObservedLoan | undefined {
  const said = <T>(name: string, parse: (text: string) => T | undefined) => {
    const text = fields[name] ?? '';
    return text === '' ? null : parse(text);
  };
  const amount = (text: string) => parseAmount(text, minorDigits);
  const principal = said('principal', amount) ?? undefined;
  const rateUnitPpb = said('rate', parseRatePpb) ?? undefined;
  const periods = said('periods', parseCount) ?? undefined;
  const disbursedOn = said('disbursed_on', parseDay) ?? undefined;
  const firstDueOn = said('first_due_on', parseDay);
  const installment = said('installment', amount);
  const left = said('balance', amount);
  const paidPeriods = said('periods_paid', parseCount);
  if (principal === undefined || rateUnitPpb === undefined || periods === undefined) return;
  if (disbursedOn === undefined || firstDueOn === undefined || installment === undefined) return;
  if (left === undefined || paidPeriods === undefined) return;
  const loanNo = fields.loan_no ?? '';
  const own = { loanNo, principal, rateUnitPpb, periods, disbursedOn, firstDueOn };
  const balance = left === null ? null : { left, paidPeriods };
  return { ...own, installment, balance, rows: null };
}

interface Rows {
  readonly dueOn: EpochDay[];
  readonly principal: Fen[];
  readonly interest: Fen[];
}

async function schedulesOf(
  options: FitFile,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Rows>> {
  const found = new Map<string, Rows>();
  if (options.schedules === undefined) return found;
  const { minorDigits, signal } = options;
  const readAs = { kind: 'schedules', columns: SCHEDULE_COLUMNS, minorDigits, signal } as const;
  for await (const { fields } of textRows({ file: options.schedules }, readAs)) {
    const loanNo = fields?.loan_no ?? '';
    if (fields === null || !wanted.has(loanNo)) continue;
    const rows = found.get(loanNo) ?? { dueOn: [], principal: [], interest: [] };
    found.set(loanNo, rows);
    rows.dueOn.push(parseDay(fields.due_on!) ?? 0);
    rows.principal.push(parseAmount(fields.principal!, minorDigits) ?? 0);
    rows.interest.push(parseAmount(fields.interest!, minorDigits) ?? 0);
  }
  return found;
}
