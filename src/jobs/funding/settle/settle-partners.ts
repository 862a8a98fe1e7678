import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { readSql } from '../../../db/sql-file.js';
import { withoutPlans } from '../../../db/without-plans.js';
import {
  type Direction,
  netSettlements,
  type OwedItem,
  type Settlement,
} from '../../../funding/settle/net-settlement.js';
import { settlementDay } from '../../../funding/settle/settlement-day.js';
import type { Partner } from '../../../funding/terms/partner.js';
import { writeAudit } from '../../approvals/audit.js';
import { accountOfRole, type LedgerRole } from '../../book/documents/ledger-roles.js';
import { bookCalendar, ledgerInForce } from '../../book/load-book.js';
import { dayIsBeingClosed, holdOpenDay } from '../../book/open-day.js';
import { currencyOfBook } from '../../import/import-file.js';
import { addEntries, linesOfTotals, type NewEntry } from '../../ledger/entry.js';
import { unknownPartner } from '../terms/apply-terms.js';
import { termsOn } from '../terms/terms-queries.js';
import { notClosed, withinYears } from './settle-days.js';

export interface SettleOptions {
  /** The day of settlement, by default the open day; earlier transfers are made up for. */
  readonly date: EpochDay | undefined;
  /** Left out: every party that is owed something, or owes it. */
  readonly partner?: string;
  readonly by: string;
  /** Say what would be settled, and keep nothing. */
  readonly dryRun?: boolean;
}

export interface SettledTransfer extends Settlement {
  readonly party: string;
  readonly reference: string;
}

/** How a party stands when all that is due is settled. */
export interface PartyStanding {
  readonly party: string;
  readonly carried: Fen;
  readonly notDue: Fen;
}

export interface SettleOutcome {
  readonly minorDigits: number;
  /** The open day, whose close posts the entries. */
  readonly postedOn: string;
  readonly transfers: readonly SettledTransfer[];
  readonly standings: readonly PartyStanding[];
  readonly dryRun: boolean;
}

interface OwedRow {
  readonly party: string;
  readonly businessDate: string;
  readonly account: 'payable' | 'receivable' | 'guarantor' | 'transfer';
  readonly amount: bigint;
}

/** Everything that is owed of a party, an amount a business date, account and sign. */
interface Owed extends OwedItem {
  readonly account: OwedRow['account'];
}

/**
 * Settles what parties are owed of closed days, through a day of settlement: a transfer for each
 * day that one was due on, kept once and posted into the open day. What was settled stays settled;
 * again it is nothing. Throws LoanbookError `items_not_closed` where a day is open whose items are
 * due, `unknown_partner`, `ledger_role_missing`, `calendar_year_not_loaded` (2),
 * `day_is_being_closed` (75), and as `addEntries`.
 */
export async function settlePartners(
  client: pg.Client,
  options: SettleOptions,
): Promise<SettleOutcome> {
  return inTransaction(client, async () => {
    await client.query('SAVEPOINT before_settlement');
    const open = await holdOpenDay(client);
    if (open.isBeingClosed) throw dayIsBeingClosed(formatDay(open.date), 'settlements');
    const date = options.date ?? open.date;
    const calendar = await bookCalendar(client);
    const { minorDigits } = await currencyOfBook(client);
    // The planner takes what is unsettled for a third of all items, and would read them all.
    const { rows } = await withoutPlans(client, ['enable_seqscan'], () =>
      client.query<OwedRow>(readSql(import.meta.url, 'owed'), [options.partner ?? null]),
    );
    const transfers: SettledTransfer[] = [];
    const standings: PartyStanding[] = [];
    const entries: NewEntry[] = [];
    for (const [party, owed] of byParty(rows)) {
      const partner = await termsOn(client, 'partner', party, formatDay(date));
      if (partner === undefined) throw unknownPartner('funding settle', 'party', party);
      const { settlement } = partner;
      const { settlements, ...rest } = withinYears({ party }, () => {
        if (settlementDay(settlement, calendar, open.date, date) === null) {
          return netSettlements(settlement, calendar, owed, date);
        }
        throw notClosed({ party }, open.date, date);
      });
      for (const each of settlements) {
        const transfer = { ...each, party, reference: referenceOf(party, each) };
        transfers.push(transfer);
        const sums = sumsOf(owed, each);
        const isKept = await keep(client, transfer, sums, partner, options.by);
        // What is tried is not posted: it may be asked before the ledger has the accounts.
        if (isKept && options.dryRun !== true) {
          entries.push(await entryOf(client, open.date, transfer, sums, options.by));
        }
      }
      standings.push({ party, ...rest });
    }
    const posted = entries.filter(({ lines }) => lines.length > 0);
    if (posted.length > 0) await addEntries(client, posted);
    const postedOn = formatDay(open.date);
    if (options.dryRun === true) await client.query('ROLLBACK TO before_settlement');
    else if (transfers.length > 0) {
      await writeAudit(client, {
        action: 'funding settle',
        subject: formatDay(date),
        after: { transfers: transfers.length, entries: posted.length, postedOn },
        by: options.by,
      });
    }
    return { minorDigits, postedOn, transfers, standings, dryRun: options.dryRun === true };
  });
}

function byParty(rows: readonly OwedRow[]): Map<string, Owed[]> {
  const parties = new Map<string, Owed[]>();
  for (const { party, businessDate, account, amount } of rows) {
    const item = { businessDate: parseDay(businessDate)!, account, amount: Number(amount) };
    const same = parties.get(party);
    if (same === undefined) parties.set(party, [item]);
    else same.push(item);
  }
  return parties;
}

const LETTERS: Readonly<Record<Direction, string>> = { net: '', pay: '-P', draw: '-D' };

/** `S-P1-20260307`: the last of its business dates, which no other settlement has. */
function referenceOf(party: string, { direction, to }: Settlement): string {
  return `S-${party}-${formatDay(to).replaceAll('-', '')}${LETTERS[direction]}`;
}

interface Sums {
  readonly payable: Fen;
  readonly receivable: Fen;
  /** Payable to it as a guarantor. */
  readonly guarantor: Fen;
  /** Receivable from it for loans that it bought. */
  readonly transfer: Fen;
}

/** What of a settlement stands on which account: each positive on its own side. */
function sumsOf(owed: readonly Owed[], { direction, from, to }: Settlement): Sums {
  const own = owed.filter(
    ({ businessDate, amount }) =>
      from <= businessDate &&
      businessDate <= to &&
      (direction === 'net' || amount > 0 === (direction === 'pay')),
  );
  const sum = (account: OwedRow['account']) =>
    own.reduce((all, each) => all + (each.account === account ? each.amount : 0), 0);
  return {
    payable: sum('payable'),
    receivable: 0 - sum('receivable'),
    guarantor: sum('guarantor'),
    transfer: 0 - sum('transfer'),
  };
}

async function keep(
  client: pg.Client,
  { party, direction, dueOn, from, to, reference }: SettledTransfer,
  { payable, receivable, guarantor, transfer }: Sums,
  { version }: Partner,
  by: string,
): Promise<boolean> {
  const days = [dueOn, from, to].map(formatDay);
  const { rows } = await client.query<{ id: number | null }>(
    'SELECT keep_settlement($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS id',
    [party, direction, ...days, payable + guarantor, receivable + transfer, reference, version, by],
  );
  return rows[0]?.id != null;
}

async function entryOf(
  client: pg.Client,
  open: EpochDay,
  { party, amount, reference }: SettledTransfer,
  sums: Sums,
  maker: string,
): Promise<NewEntry> {
  const { roles } = await ledgerInForce(client, formatDay(open));
  // A role is asked for where it is needed alone.
  const line = (role: LedgerRole, fen: Fen) =>
    fen === 0 ? [] : [{ account: accountOfRole(roles, role), amount: fen }];
  return {
    source: 'settlement',
    reference,
    memo: `合作方清算 ${party}`,
    maker,
    lines: linesOfTotals([
      ...line('partner_payable', sums.payable),
      ...line('guarantor_payable', sums.guarantor),
      ...line('partner_receivable', 0 - sums.receivable),
      ...line('transfer_receivable', 0 - sums.transfer),
      ...line('bank', 0 - amount),
    ]),
  };
}
