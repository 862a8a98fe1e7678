import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { EVENT_TYPE, EVENT_TYPE_NAMES } from '../../accounting/events/loan-event.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { NO_DAY } from '../../accounting/money/units.js';
import { COMPONENTS } from '../../accounting/posting/flow.js';
import { EARLY_PAYMENTS, type ProductTerms } from '../../accounting/product/product.js';
import { annualRatePpb } from '../../accounting/schedule/period-interest.js';
import { readSql } from '../../db/sql-file.js';
import type { OurRow } from '../../files/layout/layout-writer.js';
import { type EventName, needOf, type OwnKey } from '../simulate/documents/simulate-event.js';

/** Decimals of a rate in billionths. */
const RATE_DIGITS = 9;

interface StoredEvent {
  readonly loanNo: string;
  readonly productId: number;
  readonly ref: string;
  readonly type: number;
  readonly valueDate: string;
  readonly isWaiting: boolean;
  readonly businessDate: string;
  readonly amount: number;
  /** What it has paid or left in suspense, in all. */
  readonly taken: number;
  readonly component: number;
  readonly seq: number;
  readonly dueOn: string;
  readonly earlyPayment: number;
  readonly ratePpb: number;
  readonly of: string;
  readonly buyer: string;
}

/** A loan whose events are asked for; with its history, or only what waits. */
export interface EventsOf {
  readonly bucket: number;
  readonly loanId: number;
  readonly hasHistory: boolean;
}

export interface EventScene {
  readonly day: string;
  readonly minorDigits: number;
  readonly products: ReadonlyMap<number, ProductTerms>;
}

/** Events of some loans as rows that `import events` reads. */
export async function eventRows(
  client: pg.Client,
  loans: readonly EventsOf[],
  scene: EventScene,
): Promise<OurRow[]> {
  const { rows } = await client.query<StoredEvent>(readSql(import.meta.url, 'events-page'), [
    scene.day,
    loans.map(({ bucket }) => bucket),
    loans.map(({ loanId }) => loanId),
    loans.map(({ hasHistory }) => hasHistory),
  ]);
  return rows.map((event) => rowOf(event, scene));
}

function rowOf(event: StoredEvent, { minorDigits, products }: EventScene): OurRow {
  const type = EVENT_TYPE_NAMES[event.type] as EventName;
  const terms = products.get(event.productId);
  const unitsAYear = terms === undefined ? 1 : annualRatePpb(terms, 1);
  // A settlement of all that was owed took so much; of a smaller debt the rest is the customer's.
  const isSettlement = event.type === EVENT_TYPE.settlement && event.amount === 0;
  const amount = isSettlement ? event.taken : event.amount;
  const own: Record<OwnKey, string> = {
    amount: amount > 0 ? formatAmount(amount, minorDigits) : '',
    early_payment: EARLY_PAYMENTS[event.earlyPayment - 1] ?? '',
    component: COMPONENTS[event.component] ?? '',
    seq: event.seq > 0 ? String(event.seq) : '',
    due_on: (parseDay(event.dueOn) ?? NO_DAY) < NO_DAY ? event.dueOn : '',
    rate: formatAmount(event.ratePpb / unitsAYear, RATE_DIGITS),
    of: event.of,
    buyer: event.buyer,
  };
  const isBehind = event.isWaiting && event.businessDate > event.valueDate;
  const row: Record<string, string> = {
    ref: event.ref,
    loan_no: event.loanNo,
    type,
    value_date: event.valueDate,
    business_date: isBehind ? event.businessDate : '',
  };
  for (const [key, text] of Object.entries(own) as [OwnKey, string][]) {
    const need = needOf(type, key);
    row[key] = need === 'none' ? '' : text === '' && need === 'required' ? '0' : text;
  }
  return row;
}
