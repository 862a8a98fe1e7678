import { join } from 'node:path';
import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { minorDigitsOf } from '../../accounting/money/amount-text.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { readTextFile } from '../../files/text-file.js';
import { packageRoot } from '../../package-root.js';
import { writeAudit } from '../approvals/audit.js';
import type { Logins } from '../approvals/persons.js';
import { insertVersion, policyNow, putAccounts } from './apply-dated.js';
import { type CalendarYear, putCalendarYears, yearsOf } from './calendar-years.js';
import { parseCalendarDocument } from './documents/calendar-document.js';
import { type CheckedLedger, parseLedgerDocument } from './documents/ledger.js';
import { type PolicyDocument, parsePolicyDocument } from './documents/policy-document.js';
import { storedDocument } from './stored-document.js';

/** Calendars that come with the package, in config/calendars. */
const PACKAGED_CALENDARS = new Set(['cn']);

export interface NewBook {
  readonly entity: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly firstBusinessDate: EpochDay;
  /** `cn`, `none` (every day is a working day), or the path of a calendar document. */
  readonly calendar: string;
  /** `shared` when left out. */
  readonly logins?: Logins;
  /** Paths of documents instead of config/policy.yaml and config/ledger.yaml. */
  readonly policyFile?: string;
  readonly ledgerFile?: string;
}

export interface CreatedBook {
  readonly entity: string;
  readonly currency: string;
  readonly minorDigits: number;
  readonly businessDate: string;
  readonly calendar: string;
  readonly calendarYears: readonly number[];
  readonly accounts: number;
  readonly logins: Logins;
  /** `unchanged`: the same book had been created before. */
  readonly outcome: 'created' | 'unchanged';
}

/**
 * Creates the one book of a database: its row, calendar, policy and ledger, all or nothing. Throws
 * LoanbookError `book_exists`, `unknown_currency`, `invalid_document`, `file_missing`.
 */
export async function createBook(client: pg.Client, options: NewBook): Promise<CreatedBook> {
  const parts = await readParts(options);
  return inTransaction(client, async () => {
    if (!(await insertBook(client, options, parts.calendar.name))) {
      return createdBefore(client, options, parts);
    }
    await putCalendarYears(client, parts.calendar.years, parts.calendar.source);
    const { policy, ledger } = parts;
    const policyFrom = policy.document.effective_from;
    await insertVersion(client, 'policy_version', policyFrom, storedDocument(policy.document));
    const ledgerFrom = ledger.checked.document.effective_from;
    const storedLedger = storedDocument(ledger.checked.document);
    await insertVersion(client, 'ledger_version', ledgerFrom, storedLedger);
    await putAccounts(client, ledger.checked, ledger.source);
    await writeAudit(client, {
      action: 'init',
      subject: options.entity,
      after: {
        currency: options.currency,
        logins: loginsOf(options),
        policy: storedDocument(policy.document).sha256,
        ledger: storedLedger.sha256,
      },
    });
    return created(options, parts, formatDay(options.firstBusinessDate), 'created');
  });
}

function created(
  { entity, currency, ...options }: NewBook,
  { calendar, ledger }: BookParts,
  businessDate: string,
  outcome: CreatedBook['outcome'],
): CreatedBook {
  return {
    entity,
    currency,
    minorDigits: minorDigitsOf(currency),
    businessDate,
    calendar: calendar.name,
    calendarYears: calendar.years.map(({ year }) => year),
    accounts: ledger.checked.document.accounts.length,
    logins: loginsOf(options),
    outcome,
  };
}

function loginsOf({ logins = 'shared' }: Pick<NewBook, 'logins'>): Logins {
  return logins;
}

/** The book that is there, if it was created with the same options and documents. */
async function createdBefore(
  client: pg.Client,
  options: NewBook,
  parts: BookParts,
): Promise<CreatedBook> {
  const { rows } = await client.query<{
    entity: string;
    currency: string;
    calendar: string;
    first: string;
    open: string;
    logins: Logins;
    policy: string | null;
    ledger: string | null;
  }>(
    `SELECT logins, entity, currency, calendar, first_business_date AS first, business_date AS open,
       (SELECT document FROM policy_version WHERE effective_from = $1) AS policy,
       (SELECT sha256 FROM ledger_version WHERE effective_from = $2) AS ledger
     FROM book`,
    [parts.policy.document.effective_from, parts.ledger.checked.document.effective_from],
  );
  const { entity, currency, calendar, first, open, logins, policy, ledger } = rows[0]!;
  const own = [options.entity, options.currency, parts.calendar.name];
  const isPolicySame =
    policy !== null && policyNow(policy).sha256 === storedDocument(parts.policy.document).sha256;
  const isSame =
    [entity, currency, calendar].join('\n') === own.join('\n') &&
    first === formatDay(options.firstBusinessDate) &&
    (options.logins ?? logins) === logins &&
    isPolicySame &&
    storedDocument(parts.ledger.checked.document).sha256 === ledger;
  if (isSame) return created({ ...options, logins }, parts, open, 'unchanged');
  throw new LoanbookError('book_exists', 'There is a loan book in this database already.', {
    evidence: { entity, currency, openDay: open },
    next: 'A database holds one book: name another folder with --book, or another database.',
  });
}

interface BookParts {
  readonly calendar: {
    readonly name: string;
    readonly years: readonly CalendarYear[];
    readonly source: string;
  };
  readonly policy: { readonly document: PolicyDocument };
  readonly ledger: { readonly checked: CheckedLedger; readonly source: string };
}

async function readParts(options: NewBook): Promise<BookParts> {
  if (!Intl.supportedValuesOf('currency').includes(options.currency)) {
    throw new LoanbookError('unknown_currency', 'The currency is not one of ISO 4217.', {
      exitCode: EXIT.usage,
      evidence: { currency: options.currency },
      next: 'Write it as three capital letters, such as CNY.',
    });
  }
  const policyFile = options.policyFile ?? join(packageRoot, defaultPolicy(options.currency));
  const ledgerFile = options.ledgerFile ?? join(packageRoot, 'config/ledger.yaml');
  return {
    calendar: await readCalendar(options.calendar),
    policy: parsePolicyDocument(await readTextFile(policyFile), policyFile),
    ledger: {
      checked: parseLedgerDocument(await readTextFile(ledgerFile), ledgerFile),
      source: ledgerFile,
    },
  };
}

/** The cap on what a loan may cost is a Chinese rule: a book in another currency begins without. */
function defaultPolicy(currency: string): string {
  return currency === 'CNY' ? 'config/policy.yaml' : 'config/policy-uncapped.yaml';
}

async function readCalendar(named: string): Promise<BookParts['calendar']> {
  if (named === 'none') return { name: 'none', years: [], source: 'none' };
  const source = PACKAGED_CALENDARS.has(named)
    ? join(packageRoot, 'config/calendars', `${named}.yaml`)
    : named;
  const { document } = parseCalendarDocument(await readTextFile(source), source);
  // `none` is the word for a book without a calendar.
  const name = document.name === undefined || document.name === 'none' ? named : document.name;
  return { name, years: yearsOf(document), source };
}

/** False: there is a book already. */
async function insertBook(client: pg.Client, options: NewBook, calendar: string): Promise<boolean> {
  const inserted = await client.query(
    `INSERT INTO book
       (entity, currency, minor_digits, calendar, first_business_date, business_date, logins)
     VALUES ($1, $2, $3, $4, $5, $5, $6) ON CONFLICT (only_one) DO NOTHING`,
    [
      options.entity,
      options.currency,
      minorDigitsOf(options.currency),
      calendar,
      formatDay(options.firstBusinessDate),
      loginsOf(options),
    ],
  );
  return inserted.rowCount === 1;
}
