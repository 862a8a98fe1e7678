import type pg from 'pg';
import { addEntries, type NewEntry } from '../ledger/entry.js';
import type { Expected } from './clearing/expected-receipts.js';
import type { ChannelDocument } from './documents/channel-document.js';
import { entry } from './post-statement.js';

interface BankLine {
  readonly line: number;
  readonly order_no: string;
  readonly amount: number;
  readonly statement_id: number | null;
}

/**
 * Posts every line of a bank statement: the net that a channel paid, with its fee, against the
 * clearing account (PRACTICE, case E5: 1496.50 + 3.50 = 1500.00); what nobody knows into suspense.
 * A tolerated difference goes to the tail account. Returns the number of entries.
 */
export async function postBankLines(
  client: pg.Client,
  bank: ChannelDocument,
  reference: string,
  expected: ReadonlyMap<number, Expected>,
  maker: string,
): Promise<number> {
  const { rows } = await client.query<BankLine>(
    `SELECT line, order_no, amount, CASE WHEN is_duplicate THEN NULL ELSE statement_id END
       AS statement_id
     FROM bank_pair WHERE line > 0 ORDER BY line`,
  );
  const entries = rows.map((row): NewEntry => {
    const from = row.statement_id === null ? undefined : expected.get(row.statement_id);
    const own = `${reference}/${row.line}`;
    if (from === undefined) {
      return entry('bank', own, `${bank.name ?? bank.code} 未识别款项 ${row.order_no}`, maker, [
        { account: bank.accounts.bank, amount: row.amount },
        { account: bank.accounts.suspense, amount: -row.amount },
      ]);
    }
    return settlement(bank, from, BigInt(row.amount), own, maker);
  });
  if (entries.length > 0) await addEntries(client, entries.filter(hasLines));
  return entries.length;
}

/**
 * Takes back what a bank statement posted, entry by entry, in the open day: it was replaced.
 * Returns the number of entries.
 */
export async function undoBankLines(
  client: pg.Client,
  reference: string,
  maker: string,
  checker: string | undefined,
): Promise<number> {
  const { rows } = await client.query<{ reference: string; memo: string; lines: Posted[] }>(
    `SELECT e.reference, e.memo, json_agg(json_build_object('account', a.code,
       'amount', -l.amount) ORDER BY l.line) AS lines
     FROM entry e JOIN entry_line l USING (entry_id) JOIN account a USING (account_id)
     WHERE e.source = 'bank' AND starts_with(e.reference, $1)
     GROUP BY e.entry_id ORDER BY e.entry_id`,
    [`${reference}/`],
  );
  const entries = rows.map(({ reference: of, memo, lines }): NewEntry => {
    const made = entry('bank', `${of}/undone`, `冲销 ${memo}`, maker, lines);
    return { ...made, checker };
  });
  if (entries.length > 0) await addEntries(client, entries);
  return entries.length;
}

interface Posted {
  readonly account: string;
  readonly amount: number;
}

function hasLines(made: NewEntry): boolean {
  return made.lines.length > 0;
}

function settlement(
  bank: ChannelDocument,
  { channel, fee, gross, net, date }: Expected,
  amount: bigint,
  reference: string,
  maker: string,
): NewEntry {
  const over = amount - net;
  const isTolerated = over <= bank.tolerance && over >= -bank.tolerance;
  // Short beyond the tolerance: what did not come is still in transit.
  const cleared = isTolerated || over > 0n ? gross : gross + over;
  return entry('bank', reference, `${channel.name ?? channel.code} ${date} 清算到账`, maker, [
    { account: bank.accounts.bank, amount },
    { account: channel.accounts.fee, amount: fee },
    { account: channel.accounts.clearing, amount: -cleared },
    { account: bank.accounts.tail, amount: isTolerated ? -over : 0n },
    { account: bank.accounts.suspense, amount: !isTolerated && over > 0n ? -over : 0n },
  ]);
}
