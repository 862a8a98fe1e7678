import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { safeParts, Total } from '../../accounting/money/total.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { MOVEMENTS } from '../../accounting/posting/flow.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { dayIsBeingClosed, holdOpenDay } from '../book/open-day.js';

/** Where entries that no loan's fold makes come from; the index is part of what journals store. */
export const ENTRY_SOURCES = [
  'manual',
  'impairment',
  'channel',
  'bank',
  'tolerance',
  'unidentified',
  'period',
  'transfer',
  'guarantee',
  'settlement',
  'merchant',
] as const;
export type EntrySource = (typeof ENTRY_SOURCES)[number];

/** `kind` of a journal line of such an entry: this plus the source; movements lie below. */
export const ENTRY_KIND = 100;

/** `kind` of the lines that take the tax out of income. */
export const TAX_KIND = 99;

/** `kind` of the lines that post what a write-off takes beyond the allowance of its loan. */
export const WRITE_OFF_LOSS_KIND = 98;

/** What happened, as a journal line's `kind` says it: a movement, a source of entries, or tax. */
export function movementOf(kind: number): string {
  if (kind === TAX_KIND) return 'tax';
  if (kind === WRITE_OFF_LOSS_KIND) return 'write_off_loss';
  return MOVEMENTS[kind] ?? ENTRY_SOURCES[kind - ENTRY_KIND] ?? String(kind);
}

export interface EntryLine {
  /** Account code. */
  readonly account: string;
  /** Minor units, debit positive; lines of 0 are left out. */
  readonly amount: Fen;
}

/** Lines of sums of many loans: one that no safe integer holds is cut into several. */
export function linesOfTotals(
  totals: readonly { readonly account: string; readonly amount: Fen | bigint }[],
): EntryLine[] {
  return totals.flatMap(({ account, amount }) =>
    safeParts(BigInt(amount)).map((part) => ({ account, amount: part })),
  );
}

export interface NewEntry {
  readonly source: EntrySource;
  /** What the entry stands for, unique within its source. */
  readonly reference: string;
  readonly memo: string;
  readonly maker: string;
  readonly checker?: string;
  readonly loan?: { readonly bucket: number; readonly loanId: number };
  readonly groupId?: number;
  readonly lines: readonly EntryLine[];
}

/**
 * Takes entries into the open day, whose close will post them; call it inside of a transaction.
 * Returns the day. Throws LoanbookError: `entry_not_balanced`, `unknown_account`,
 * `account_has_subledger` (the positions alone move it), `entry_exists` (2), `no_book` and
 * `day_is_being_closed` (75). Nothing is taken then.
 */
export async function addEntries(
  client: pg.Client,
  entries: readonly NewEntry[],
): Promise<EpochDay> {
  const { date, isBeingClosed } = await holdOpenDay(client);
  if (isBeingClosed) throw dayIsBeingClosed(formatDay(date), 'entries');
  const accounts = await accountsByCode(client);
  for (const entry of entries) await addEntry(client, accounts, entry);
  return date;
}

interface AccountRow {
  readonly code: string;
  readonly account_id: number;
  readonly subledger: string | null;
}

async function accountsByCode(client: pg.Client): Promise<Map<string, AccountRow>> {
  const { rows } = await client.query<AccountRow>(
    'SELECT code, account_id, subledger FROM account',
  );
  return new Map(rows.map((row) => [row.code, row]));
}

async function addEntry(
  client: pg.Client,
  accounts: ReadonlyMap<string, AccountRow>,
  entry: NewEntry,
): Promise<void> {
  const { source, reference } = entry;
  const lines = entry.lines.filter((line) => line.amount !== 0);
  const sum = new Total();
  for (const line of lines) sum.add(line.amount);
  if (!sum.isZero || lines.length === 0) {
    throw refused(entry, 'entry_not_balanced', { sum: String(sum.value) });
  }
  const ids = lines.map((line) => {
    const account = accounts.get(line.account);
    if (account === undefined) throw refused(entry, 'unknown_account', { account: line.account });
    if (account.subledger === null) return account.account_id;
    throw refused(entry, 'account_has_subledger', {
      account: line.account,
      subledger: account.subledger,
    });
  });
  const { rows } = await client.query<{ entry_id: number | null }>(
    'SELECT post_entry($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS entry_id',
    [
      source,
      reference,
      entry.memo,
      entry.loan?.bucket ?? 0,
      entry.loan?.loanId ?? 0,
      entry.groupId ?? 0,
      entry.maker,
      entry.checker ?? null,
      ids,
      lines.map((line) => line.amount),
    ],
  );
  if (rows[0]?.entry_id === null) throw refused(entry, 'entry_exists', {});
}

const SAYS = {
  entry_not_balanced: ['Debits and credits of an entry differ.', 'Put the amounts right.'],
  unknown_account: [
    'The chart of accounts has no such account.',
    '`loanbook gl chart show` lists the accounts.',
  ],
  account_has_subledger: [
    'The account equals a sum over the loans: only what happens to loans moves it.',
    'Bring an event of the loan (`loanbook import events`), or name another account.',
  ],
  entry_exists: [
    'There is an entry of this source and reference already.',
    'Nothing is posted twice: give another reference where it is another one.',
  ],
} as const;

function refused(
  { source, reference }: NewEntry,
  rule: keyof typeof SAYS,
  evidence: Record<string, string | number>,
): LoanbookError {
  const [message, next] = SAYS[rule];
  return new LoanbookError(rule, message, {
    exitCode: EXIT.usage,
    evidence: { source, reference, ...evidence },
    next,
  });
}
