import type pg from 'pg';
import type { ChannelDocument } from '../../documents/channel-document.js';
import { addEntries, type NewEntry } from '../ledger/entry.js';
import type { Expected } from './expected-receipts.js';
import { entry } from './post-statement.js';

interface BankLine {
  readonly line: number;
  readonly order_no: string;
  readonly amount: number;
  readonly statement_id: number | null;
  readonly net: number | null;
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
       AS statement_id, net
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
    return settlement(bank, from, row.amount, own, maker);
  });
  if (entries.length > 0) await addEntries(client, entries.filter(hasLines));
  return entries.length;
}

function hasLines(made: NewEntry): boolean {
  return made.lines.length > 0;
}

function settlement(
  bank: ChannelDocument,
  { channel, fee, gross, net, date }: Expected,
  amount: number,
  reference: string,
  maker: string,
): NewEntry {
  const over = amount - net;
  const isTolerated = Math.abs(over) <= bank.tolerance;
  // Short beyond the tolerance: what did not come is still in transit.
  const cleared = isTolerated || over > 0 ? gross : gross + over;
  return entry('bank', reference, `${channel.name ?? channel.code} ${date} 清算到账`, maker, [
    { account: bank.accounts.bank, amount },
    { account: channel.accounts.fee, amount: fee },
    { account: channel.accounts.clearing, amount: -cleared },
    { account: bank.accounts.tail, amount: isTolerated ? -over : 0 },
    { account: bank.accounts.suspense, amount: !isTolerated && over > 0 ? -over : 0 },
  ]);
}
