import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount, parseAmount } from '../../../accounting/money/amount-text.js';
import { Refusal } from '../../../accounting/money/refusal.js';
import { laySchedule } from '../../../accounting/schedule/schedule.js';
import { SCHEDULE_COLUMNS } from '../../import/schedule-group.js';
import { type TheirFile, textRows } from '../source-rows.js';
import { type BookedLoan, bookedLoans } from './booked-loans.js';
import { explainSchedule, firstDifference } from './explain-schedule.js';
import { type Found, PAGE_ROWS, type VerifyScene } from './verify-scene.js';

interface TheirSchedule {
  readonly loanNo: string;
  readonly dueOn: number[];
  readonly principal: number[];
  readonly interest: number[];
}

/** How many schedules were held against ours, and how many meet. */
export interface ScheduleCounts {
  compared: number;
  met: number;
}

/**
 * Holds their schedules against those that our products lay for the same loans: of each loan the
 * first difference, with the convention that most likely explains it. The rows of one loan stand
 * together.
 */
export async function* verifySchedules(
  client: pg.Client,
  file: TheirFile,
  scene: VerifyScene,
  counts: ScheduleCounts,
): AsyncGenerator<Found> {
  const { minorDigits, signal } = scene;
  const readAs = { kind: 'schedules', columns: SCHEDULE_COLUMNS, minorDigits, signal } as const;
  let page: TheirSchedule[] = [];
  for await (const { fields } of textRows(file, readAs)) {
    const loanNo = fields?.loan_no ?? '';
    if (fields === null) continue;
    let schedule = page[page.length - 1];
    if (schedule?.loanNo !== loanNo) {
      if (page.length === PAGE_ROWS) {
        yield* comparePage(client, page, scene, counts);
        page = [];
      }
      schedule = { loanNo, dueOn: [], principal: [], interest: [] };
      page.push(schedule);
    }
    schedule.dueOn.push(parseDay(fields.due_on ?? '') ?? 0);
    schedule.principal.push(parseAmount(fields.principal ?? '', minorDigits) ?? 0);
    schedule.interest.push(parseAmount(fields.interest ?? '', minorDigits) ?? 0);
  }
  yield* comparePage(client, page, scene, counts);
}

async function* comparePage(
  client: pg.Client,
  page: readonly TheirSchedule[],
  scene: VerifyScene,
  counts: ScheduleCounts,
): AsyncGenerator<Found> {
  const loans = await bookedLoans(
    client,
    page.map(({ loanNo }) => loanNo),
  );
  for (const theirs of page) {
    counts.compared += 1;
    const loan = loans.get(theirs.loanNo);
    const found = loan === undefined ? unknown(theirs) : compare(loan, theirs, scene);
    if (found === undefined) counts.met += 1;
    else yield found;
  }
}

function unknown({ loanNo }: TheirSchedule): Found {
  const none = { seq: null, field: '', theirs: '', ours: '' };
  return { loanNo, about: 'schedule', ...none, difference: 'not in the book' };
}

function compare(
  { loanNo, productId, contract }: BookedLoan,
  theirs: TheirSchedule,
  { book, minorDigits }: VerifyScene,
): Found | undefined {
  const terms = book.products.get(productId);
  if (terms === undefined) return unknown(theirs);
  try {
    const found = firstDifference(theirs, laySchedule(terms, contract));
    if (found === undefined) return undefined;
    const { seq, field } = found;
    const text = (value: number) => {
      if (field === 'rows') return String(value);
      return field === 'due_on' ? formatDay(value) : formatAmount(value, minorDigits);
    };
    return {
      ...{ loanNo, about: 'schedule', seq, field },
      ...{ theirs: text(found.theirs), ours: text(found.ours) },
      difference: explainSchedule(terms, contract, theirs),
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...unknown(theirs), difference: error.code };
  }
}
