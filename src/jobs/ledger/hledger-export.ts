import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { writeWhole } from '../../files/new-file.js';
import type { Account } from '../book/book.js';
import { loadAccounts } from '../book/load-book.js';
import { type SealedRange, sealedRange } from '../day/sealed-range.js';
import { requireTurnover } from './export-turnover.js';
import { balancesAt, type JournalLine, journalLines, memoOf } from './journal.js';

export interface HledgerExport {
  readonly from: EpochDay;
  readonly to: EpochDay;
  readonly out: string;
  readonly signal?: AbortSignal;
}

export interface ExportedJournal {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly transactions: number;
  readonly lines: number;
  readonly accounts: number;
}

/** hledger's names of account classes and the types it is told; memorandum has none. */
const CLASSES: Readonly<Record<string, readonly [name: string, type: string]>> = {
  asset: ['assets', 'A'],
  liability: ['liabilities', 'L'],
  equity: ['equity', 'E'],
  income: ['income', 'R'],
  expense: ['expenses', 'X'],
};

/** Text that is handed on at a time. */
const CHUNK = 1 << 16;

/**
 * Writes the journal of sealed days as hledger reads it, a transaction a voucher, with accounts and
 * commodity declared, the opening balances of the day before where there is one, and at the end the
 * closing balances as assertions: `hledger check --strict` proves the file against the ledger. The
 * file appears whole or not at all. Throws what `sealedRange` does, `export_differs` (3).
 */
export async function exportHledger(
  client: pg.Client,
  options: HledgerExport,
): Promise<ExportedJournal> {
  const range = await sealedRange(client, options);
  const accounts = await loadAccounts(client);
  const counts = { transactions: 0, lines: 0 };
  const text = journalText(client, range, accounts, counts, options.signal);
  await writeWhole(options.out, inChunks(text));
  return {
    file: options.out,
    from: formatDay(range.from),
    to: formatDay(range.to),
    ...counts,
    accounts: accounts.length,
  };
}

/** How hledger is to call an account, such as `assets:1303.01 贷款本金-正常`. */
export function hledgerAccount(account: Pick<Account, 'code' | 'name' | 'nameZh' | 'class'>) {
  const name = plain(account.nameZh || account.name).replaceAll(':', '：');
  return `${CLASSES[account.class]?.[0] ?? account.class}:${account.code} ${name}`;
}

async function* journalText(
  client: pg.Client,
  range: SealedRange,
  accounts: readonly Account[],
  counts: { transactions: number; lines: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const names = new Map(accounts.map((each) => [each.accountId, hledgerAccount(each)]));
  const money = (fen: bigint | number) =>
    `${formatAmount(fen, range.minorDigits)} ${range.currency}`;
  const posting = (accountId: number, amount: string) => `    ${names.get(accountId)}  ${amount}\n`;
  yield heading(range, accounts);
  const before = range.from - 1;
  const opening = [...(await balancesAt(client, before))].filter(([, balance]) => balance !== 0n);
  if (opening.length > 0) {
    yield `\n${formatDay(before)} * (opening) 期初余额 opening balances\n`;
    for (const [accountId, balance] of opening) yield posting(accountId, money(balance));
  }
  const sums = { debit: 0n, credit: 0n };
  let [day, voucher] = ['', 0];
  for await (const line of journalLines(client, range, { signal })) {
    if (line.voucher !== voucher || line.businessDate !== day) {
      counts.transactions += 1;
      yield transaction(line);
    }
    [day, voucher] = [line.businessDate, line.voucher];
    counts.lines += 1;
    if (line.amount > 0) sums.debit += BigInt(line.amount);
    else sums.credit -= BigInt(line.amount);
    yield posting(line.accountId, money(line.amount));
  }
  await requireTurnover(client, range, sums);
  const closing = await balancesAt(client, range.to);
  yield `\n${formatDay(range.to)} * (closing) 期末余额核对 closing balances of the ledger\n`;
  for (const { accountId } of accounts) {
    yield posting(accountId, `${money(0)} = ${money(closing.get(accountId) ?? 0)}`);
  }
}

function heading(range: SealedRange, accounts: readonly Account[]): string {
  const { entity, currency, minorDigits, from, to } = range;
  const lines = [
    `; ${plain(entity)}, ${formatDay(from)} to ${formatDay(to)}: a transaction a voucher`,
    'decimal-mark .',
    // A number without decimals still says its decimal mark: 1000.
    `commodity 1000.${'0'.repeat(minorDigits)} ${currency}`,
    '',
    ...accounts.map((account) => {
      const type = CLASSES[account.class]?.[1];
      const note = [type === undefined ? '' : `type:${type}`, plain(account.name)];
      return `account ${hledgerAccount(account)}  ; ${note.filter(Boolean).join(', ')}`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function transaction(line: JournalLine): string {
  const { businessDate, voucher, ref, loanNo } = line;
  const tags = [
    ['loan', loanNo],
    ['ref', ref],
  ].flatMap(([name, value]) => (value ? [`${name}:${plain(value).replaceAll(',', ' ')}`] : []));
  const note = tags.length === 0 ? '' : `  ; ${tags.join(', ')}`;
  return `\n${businessDate} * (${voucher}) ${plain(memoOf(line))}${note}\n`;
}

/** Text that ends nothing in hledger: one line, single blanks, no comment. */
function plain(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll(';', '；')
    .replaceAll('|', '｜')
    .trim();
}

async function* inChunks(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text;
}
