import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDay } from '../accounting/calendar/epoch-day.js';
import { formatAmount } from '../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../accounting/money/units.js';
import type { ProductTerms } from '../accounting/product/product.js';
import { laySchedule } from '../accounting/schedule/schedule.js';
import type { Schedule } from '../accounting/schedule/schedule-rows.js';
import { parseProductDocument } from '../jobs/book/documents/product-document.js';
import { writeLoanRows } from './import-files.js';

const PRINCIPAL: Fen = 1_200_000;
const PERIODS = 24;
/** Per cent a year. */
const RATE = 12;
/** Days since the first disbursements; the others follow on as many days, due dates with them. */
const RUNNING_DAYS = 180;
const SPREAD_DAYS = 28;
/** One loan of so many has not paid its last instalment. */
const ARREARS_EVERY = 10;
/** What it owes for that. */
const PENALTY: Fen = 150;

export interface OpeningFiles {
  readonly loans: string;
  readonly balances: string;
  readonly installments: string;
}

/** Loans that have run for half a year, a tenth of them in arrears, and where they stand. */
export async function writeOpeningFiles(
  folder: string,
  data: string,
  loans: number,
  cutOver: EpochDay,
): Promise<OpeningFiles> {
  const { code, terms } = productOf(data);
  const lives = Array.from({ length: SPREAD_DAYS }, (_, k) => lifeOf(terms, cutOver, k));
  const file = (name: string) => join(folder, `opening-${name}.csv`);
  const files = {
    loans: file('loans'),
    balances: file('balances'),
    installments: file('installments'),
  };
  const lifeAt = (index: number) => lives[index % SPREAD_DAYS]!;
  await writeLoanRows(
    files.loans,
    'loan_no,product,principal,rate,periods,disbursed_on\n',
    loans,
    (no, k) =>
      `${no},${code},${yuan(PRINCIPAL)},0.${RATE},${PERIODS},${formatDay(lifeAt(k).disbursedOn)}\n`,
  );
  await writeLoanRows(
    files.balances,
    'loan_no,principal_not_due,interest_accrued\n',
    loans,
    (no, k) => `${no},${yuan(lifeAt(k).notDue)},${yuan(lifeAt(k).accrued)}\n`,
  );
  await writeLoanRows(
    files.installments,
    'loan_no,seq,due_on,principal,interest,penalty\n',
    loans,
    (no, k) => (k % ARREARS_EVERY === 0 ? `${no},${lifeAt(k).last}\n` : ''),
  );
  return files;
}

/** Where loans of one disbursement day stand. */
interface Life {
  readonly disbursedOn: EpochDay;
  readonly notDue: Fen;
  readonly accrued: Fen;
  /** The row of their last instalment where it is open. */
  readonly last: string;
}

function lifeOf(terms: ProductTerms, cutOver: EpochDay, later: number): Life {
  const disbursedOn = cutOver - RUNNING_DAYS + later;
  const contract = { principal: PRINCIPAL, ratePpb: RATE * 10_000_000, periods: PERIODS };
  const schedule = laySchedule(terms, { ...contract, disbursedOn, firstDueOn: null });
  const last = schedule.dueOn.filter((day) => day <= cutOver).length - 1;
  const notDue = schedule.balanceAfter[last]!;
  const nights = cutOver + 1 - schedule.dueOn[last]!;
  return {
    disbursedOn,
    notDue,
    accrued: Math.floor((notDue * RATE * nights) / 36_000),
    last: rowText(schedule, last),
  };
}

function rowText({ dueOn, principal, interest }: Schedule, k: number): string {
  const amounts = [principal[k]!, interest[k]!, PENALTY].map(yuan);
  return [k + 1, formatDay(dueOn[k]!), ...amounts].join(',');
}

function yuan(fen: Fen): string {
  return formatAmount(fen, 2);
}

/** The one product of the generated book. */
function productOf(data: string): { code: string; terms: ProductTerms } {
  const folder = join(data, 'products');
  const name = readdirSync(folder)[0]!;
  const { document, terms } = parseProductDocument(readFileSync(join(folder, name), 'utf8'), name);
  return { code: document.code, terms };
}
