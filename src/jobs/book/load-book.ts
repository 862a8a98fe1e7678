import type pg from 'pg';
import { Calendar } from '../../accounting/calendar/calendar.js';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { LoanbookError } from '../../errors.js';
import { loadAssignedPlans } from './assigned-plans.js';
import { type Account, type Book, type BookData, bookFromData } from './book.js';
import { type CheckedLedger, ledgerFromValue, postingRulesOf } from './documents/ledger.js';
import { taxRulesOf } from './documents/ledger-tax.js';
import { type StoredProduct, storedProductTerms } from './documents/product-document.js';
import { loadFundingPlans } from './funding-plans.js';
import { noBook } from './open-day.js';
import { storedPolicy } from './policy-bounds.js';
import { type StoredDocument, storedDocument, valueOfStored } from './stored-document.js';

/** Reads the parameters of the book: a few small queries. Throws LoanbookError `no_book`. */
export async function loadBook(client: pg.Client): Promise<Book> {
  return bookFromData(await loadBookData(client));
}

/** The same as plain data, for worker threads. */
export async function loadBookData(client: pg.Client): Promise<BookData> {
  const row = await bookRow(client);
  const accounts = await loadAccounts(client);
  return {
    entity: row.entity,
    currency: row.currency,
    minorDigits: row.minor_digits,
    businessDate: dayOfRow(row.business_date),
    firstBusinessDate: dayOfRow(row.first_business_date),
    calendar: row.calendar === 'none' ? null : await loadCalendar(client),
    policies: await loadPolicies(client),
    products: await loadProducts(client),
    groups: await loadGroups(client),
    assigned: await loadAssignedPlans(client),
    ...(await loadLedgerRules(client, row.business_date, accounts)),
    accounts,
  };
}

interface BookRow {
  entity: string;
  currency: string;
  minor_digits: number;
  calendar: string;
  business_date: string;
  first_business_date: string;
}

async function bookRow(client: pg.Client): Promise<BookRow> {
  const { rows } = await client.query<BookRow>(
    `SELECT entity, currency, minor_digits, calendar, business_date, first_business_date FROM book`,
  );
  if (rows[0] === undefined) throw noBook();
  return rows[0];
}

interface CalendarYearRow {
  readonly year: number;
  readonly holidays: string[];
  readonly workdays: string[];
  readonly sha256: string;
}

/** The calendar of the book; every day is worked where it has none. Throws `no_book`. */
export async function bookCalendar(client: pg.Client): Promise<Calendar> {
  const { rows } = await client.query<{ calendar: string }>('SELECT calendar FROM book');
  if (rows[0] === undefined) throw noBook();
  const days = rows[0].calendar === 'none' ? null : await loadCalendar(client);
  return days === null ? Calendar.everyDayWorks : new Calendar(days);
}

/** The days of every loaded year, for a book that has a calendar. */
export async function loadCalendar(client: pg.Client): Promise<BookData['calendar']> {
  const { rows } = await client.query<CalendarYearRow>(
    'SELECT year, holidays, workdays, sha256 FROM calendar_year',
  );
  for (const { sha256, year, holidays, workdays } of rows) {
    const { document } = storedDocument({ year, holidays, workdays });
    valueOfStored('calendar_year', `calendar year ${year}`, { document, sha256 });
  }
  return {
    holidays: rows.flatMap((row) => row.holidays.map(dayOfRow)),
    workdays: rows.flatMap((row) => row.workdays.map(dayOfRow)),
    years: rows.map((row) => row.year),
  };
}

/** Every policy of the book, the latest first. Throws LoanbookError `policy_missing`. */
export async function loadPolicies(client: pg.Client): Promise<BookData['policies']> {
  const { rows } = await client.query<{ effective_from: string } & StoredDocument>(
    'SELECT effective_from, document, sha256 FROM policy_version ORDER BY effective_from DESC',
  );
  const versions = rows.map((row) => ({
    from: dayOfRow(row.effective_from),
    policy: storedPolicy(row).policy,
  }));
  if (versions.length === 0) throw missing('policy_missing', 'policy');
  return versions;
}

async function loadProducts(client: pg.Client): Promise<BookData['products']> {
  const { rows } = await client.query<StoredProduct & { product_id: number }>(
    'SELECT product_id, code, document, sha256, reading FROM product_version ORDER BY product_id',
  );
  return rows.map((row) => [row.product_id, storedProductTerms(row)] as const);
}

/** Every accounting group with its plan, by number. */
export async function loadGroups(client: pg.Client): Promise<BookData['groups']> {
  const { rows } = await client.query<{
    group_id: number;
    product_id: number;
    product: string;
    org: string;
    funding_plan: string;
    plan_id: number | null;
  }>(`SELECT g.group_id, g.product_id, p.code AS product, g.org, g.funding_plan, g.plan_id
      FROM accounting_group g JOIN product_version p USING (product_id) ORDER BY g.group_id`);
  const plans = await loadFundingPlans(client);
  return rows.map(({ group_id, product_id, funding_plan, plan_id: planId, product, org }) => {
    const plan = planId === null ? null : { planId, terms: plans.get(planId)! };
    return [group_id, { productId: product_id, product, org, fundingPlan: funding_plan, plan }];
  });
}

/** Every account, by code. */
export async function loadAccounts(client: pg.Client): Promise<Account[]> {
  const { rows } = await client.query<Account>(
    `SELECT account_id AS "accountId", code, name, name_zh AS "nameZh", class,
       normal_side AS "normalSide", subledger
     FROM account ORDER BY code`,
  );
  return rows;
}

async function loadLedgerRules(
  client: pg.Client,
  businessDate: string,
  accounts: readonly Account[],
): Promise<Pick<BookData, 'postingRules' | 'taxRules' | 'roles'>> {
  const ledger = await ledgerInForce(client, businessDate);
  const ids = new Map(accounts.map((account) => [account.code, account.accountId]));
  return {
    postingRules: postingRulesOf(ledger, ids),
    taxRules: taxRulesOf(ledger.document.tax, ids),
    roles: ledger.roles,
  };
}

/**
 * The chart of accounts and rules in force on a day, YYYY-MM-DD; the earliest one also holds before
 * it was made. Throws LoanbookError `ledger_missing`.
 */
export async function ledgerInForce(client: pg.Client, day: string): Promise<CheckedLedger> {
  const { rows } = await client.query<{ effective_from: string } & StoredDocument>(
    `SELECT effective_from, document, sha256 FROM ledger_version
     ORDER BY effective_from <= $1 DESC,
       CASE WHEN effective_from <= $1 THEN $1 - effective_from ELSE effective_from - $1 END
     LIMIT 1`,
    [day],
  );
  const row = rows[0];
  if (row === undefined) throw missing('ledger_missing', 'ledger');
  const name = `ledger ${row.effective_from}`;
  return ledgerFromValue(valueOfStored('ledger_version', name, row), { name });
}

function missing(code: string, what: string): LoanbookError {
  return new LoanbookError(code, `The book has no ${what} document.`, {
    next: `Apply one with \`loanbook ${what} apply FILE\`.`,
  });
}

/** A date column always parses. */
function dayOfRow(text: string): EpochDay {
  const day = parseDay(text);
  if (day === undefined) throw new TypeError(`not a date: ${text}`);
  return day;
}
