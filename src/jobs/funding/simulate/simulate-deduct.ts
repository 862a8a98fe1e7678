import { z } from 'zod';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import {
  checkedDay,
  date,
  field,
  integer,
  listOf,
  mapping,
  oneOf,
  words,
} from '../../../documents/fields.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import { inBatches } from '../../../funding/deduct/channel.js';
import { Deductions } from '../../../funding/deduct/deductions.js';
import type { DeductionTerms } from '../../../funding/terms/deduction.js';
import { amount, code, MINOR_DIGITS } from '../documents/amount-fields.js';
import { deductionFromValue } from '../documents/deduction-document.js';

const AT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$/;

/** A moment of a day, in the book's zone: only its day rules anything. */
const at = () =>
  field('must be a moment, YYYY-MM-DDTHH:MM', { type: 'string', pattern: AT.source }, (text) => {
    const day = parseDay(AT.exec(text)?.[1] ?? '');
    return day === undefined ? undefined : { text, day };
  });

const optionalDay = () => date().nullable().default(null);
const optionalCode = () => words().nullable().default(null);

const lineSchema = mapping({
  order_no: code(),
  word: words(),
  amount: amount(),
  code: optionalCode(),
  channel_date: optionalDay(),
});

const stepSchema = z.discriminatedUnion(
  'type',
  [
    mapping({ type: z.literal('run'), at: at() }),
    mapping({
      type: z.literal('result'),
      at: at(),
      file: words(),
      count: integer(0),
      total: amount(),
      lines: listOf(lineSchema),
    }),
    mapping({
      type: z.literal('query'),
      at: at(),
      order_no: code(),
      word: words(),
      amount: amount().optional(),
      code: optionalCode(),
      channel_date: optionalDay(),
    }),
    mapping({
      type: z.literal('return'),
      at: at(),
      order_no: code(),
      code: optionalCode(),
      channel_date: optionalDay(),
    }),
    mapping({
      type: z.literal('release'),
      at: at(),
      order_no: code(),
      by: words(),
      checked_by: words(),
    }),
    mapping({
      type: z.literal('repayment'),
      at: at(),
      ref: code(),
      loan_no: code(),
      amount: amount(1),
      value_date: optionalDay(),
    }),
    mapping({ type: z.literal('hold'), at: at(), loan_no: code() }),
    mapping({ type: z.literal('unhold'), at: at(), loan_no: code() }),
  ],
  { error: 'must be run, result, query, return, release, repayment, hold or unhold' },
);
type Step = z.output<typeof stepSchema>;

const deductSchema = mapping({
  kind: oneOf('deduct'),
  channel: z.unknown(),
  dues: listOf(
    mapping({
      loan_no: code(),
      due_on: date(),
      seq: integer(1),
      amount: amount(),
      cards: listOf(mapping({ card: words(), bank: words().default('') })),
    }),
  ),
  steps: listOf(stepSchema),
});
type DeductCase = z.output<typeof deductSchema>;

/**
 * What a channel is asked for and what its answers come to, step by step. Throws LoanbookError
 * `invalid_document`.
 */
export function simulateDeduct(input: unknown, name = 'deduct'): object {
  const document = checkShape(deductSchema, input, { name });
  const channel = deductionFromValue(document.channel, { name, path: 'channel' });
  refuseViolations({ name }, [...faultsOfDues(document), ...faultsOfSteps(document, channel)]);
  const dues = document.dues.map((due) => ({
    ...{ loanNo: due.loan_no, seq: due.seq, amount: due.amount, cards: due.cards },
    dueOn: checkedDay(due.due_on),
  }));
  const deductions = new Deductions(channel, dues);
  const batches: object[] = [];
  const skipped: object[] = [];
  const files: object[] = [];
  for (const step of document.steps) {
    const { text, day } = step.at;
    if (step.type === 'run') {
      const run = deductions.run(day);
      for (const orders of inBatches(run.orders, channel.batchMax)) {
        const total = orders.reduce((sum, { standing }) => sum + standing.amount, 0);
        batches.push({ at: text, count: orders.length, total: shown(total) });
      }
      for (const { loanNo, reason } of run.skipped) {
        skipped.push({ at: text, loan_no: loanNo, reason });
      }
    } else if (step.type === 'result') {
      const lines = step.lines.map(lineOf);
      files.push({ file: step.file, ...deductions.result({ ...step, lines }, day) });
    } else take(deductions, step, day);
  }
  return { ...ordersOf(deductions), batches, skipped, files, ...whatCame(deductions) };
}

/** A step that brings no file. */
function take(
  deductions: Deductions,
  step: Exclude<Step, { type: 'run' | 'result' }>,
  day: EpochDay,
): void {
  switch (step.type) {
    case 'query': {
      const asked = deductions.orders.find(({ orderNo }) => orderNo === step.order_no);
      const amount = step.amount ?? asked?.standing.amount ?? 0;
      deductions.answer(lineOf({ ...step, amount }), day);
      return;
    }
    case 'return':
      deductions.return(step.order_no, step.code, dayOrNull(step.channel_date), day);
      return;
    case 'release':
      deductions.release(step.order_no, step.by, step.checked_by, day);
      return;
    case 'repayment': {
      const { ref, loan_no: loanNo, amount } = step;
      const valueDate = dayOrNull(step.value_date) ?? day;
      deductions.repay({ ref, loanNo, amount, valueDate, businessDate: day });
      return;
    }
    case 'hold':
    case 'unhold':
      deductions.hold(step.loan_no, step.type === 'hold');
  }
}

function faultsOfDues({ dues }: DeductCase): Violation[] {
  const seen = new Set<string>();
  return dues.flatMap(({ loan_no, seq }, index) => {
    const key = JSON.stringify([loan_no, seq]);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ path: `dues[${index}].seq`, rule: 'is due already, in a line before', value: seq }];
  });
}

/** Loans that are not due at all, and an answer to a query that says nothing. */
function faultsOfSteps({ dues, steps }: DeductCase, channel: DeductionTerms): Violation[] {
  const loans = new Set(dues.map(({ loan_no }) => loan_no));
  return steps.flatMap((step, index): Violation[] => {
    if ('loan_no' in step && !loans.has(step.loan_no)) {
      const rule = 'must be a loan of dues';
      return [{ path: `steps[${index}].loan_no`, rule, value: step.loan_no }];
    }
    if (step.type === 'query' && !channel.words.has(step.word)) {
      const rule = "must be a word of the channel's";
      return [{ path: `steps[${index}].word`, rule, value: step.word }];
    }
    return [];
  });
}

function lineOf(line: {
  readonly order_no: string;
  readonly word: string;
  readonly amount: Fen;
  readonly code: string | null;
  readonly channel_date: string | null;
}) {
  const { order_no: orderNo, word, amount, code, channel_date } = line;
  return { orderNo, word, amount, code, channelDay: dayOrNull(channel_date) };
}

function ordersOf({ orders }: Deductions): object {
  return {
    orders: orders.map(({ orderNo, card, standing }) => ({
      order_no: orderNo,
      card,
      amount: shown(standing.amount),
      state: standing.state,
      class: standing.class,
      collected: shown(standing.collected),
    })),
  };
}

function whatCame({ postings, breaks, balances }: Deductions): object {
  return {
    postings: postings.map(({ ref, loanNo, valueDate, businessDate, amount }) => ({
      ...{ ref, loan_no: loanNo },
      value_date: formatDay(valueDate),
      business_date: formatDay(businessDate),
      amount: shown(amount),
    })),
    breaks: breaks.map(({ orderNo, type }) => ({ order_no: orderNo, type })),
    open: Object.fromEntries(balances.map(({ loanNo, open }) => [loanNo, shown(open)])),
    suspense: Object.fromEntries(balances.map(({ loanNo, suspense }) => [loanNo, shown(suspense)])),
  };
}

function dayOrNull(text: string | null): EpochDay | null {
  return text === null ? null : checkedDay(text);
}

function shown(amount: Fen): string {
  return formatAmount(amount, MINOR_DIGITS);
}
