import type pg from 'pg';
import { readSql } from '../../../db/sql-file.js';
import type { ChannelDocument } from '../documents/channel-document.js';
import { eventTypesOf } from '../match-channel.js';
import { sideOf } from '../post-statement.js';

/** Why something stands on a clearing account that no channel owes, with what users read. */
export const CLEARING_CAUSES = {
  booked: '差异已定为补记，业务未入账',
  refunded: '差异已定为退款，渠道未扣回',
  explained: '差异已定为无误，余额仍在',
  reversed: '业务已冲正，对账单已含',
  entry: '手工或其他分录',
  no_channel: '无渠道的业务',
  ledger: '业务与账务不符',
  unexplained: '无法解释',
} as const;

/** One thing that stands on a clearing account beside what is expected there. */
export interface ClearingItem {
  readonly what: keyof typeof CLEARING_CAUSES;
  /** Channel or bank; empty: of none. */
  readonly code: string;
  /** The order, or the source and reference of an entry. */
  readonly orderNo: string;
  readonly loanNo: string;
  readonly day: string;
  /** Debit positive. */
  readonly amount: bigint;
}

/** What a break of a bank statement leaves on a clearing account, debit positive. */
export interface BankBreak {
  readonly account: string;
  readonly code: string;
  readonly breakId: number;
  readonly orderNo: string;
  readonly since: string;
  readonly byHand: boolean;
  readonly resolution: string | null;
  readonly stands: bigint;
}

/**
 * What is behind a difference, the orders by their number: read from the journal of every day, so
 * it is asked only where an account differs. What they do not come to is the last item.
 */
export async function itemsBehind(
  client: pg.Client,
  {
    day,
    account,
    channels,
    bank,
    difference,
  }: {
    readonly day: string;
    readonly account: number;
    readonly channels: readonly ChannelDocument[];
    readonly bank: readonly BankBreak[];
    readonly difference: bigint;
  },
): Promise<ClearingItem[]> {
  const known = JSON.stringify(
    channels.map((channel) => ({
      code: channel.code,
      types: eventTypesOf(channel),
      prefix: channel.order_prefix ?? '',
      refunds: channel.refund_prefix,
      pays: channel.direction === 'payments',
      side: sideOf(channel),
    })),
  );
  const codes = channels.map(({ code }) => code);
  const ask = async (name: string, values: unknown[]): Promise<ClearingItem[]> =>
    (await client.query<ClearingItem>(readSql(import.meta.url, name), values)).rows;
  const items = [
    ...(await ask('behind-breaks', [codes, day, known])),
    ...bank.filter(({ byHand }) => byHand).map(itemOf),
    ...(await ask('behind-entries', [account, day])),
    ...(await ask('behind-events', [account, day, known])),
  ];
  const rest = items.reduce((left, { amount }) => left - amount, difference);
  if (rest === 0n) return items;
  const blank = { code: codes.join(', '), orderNo: '', loanNo: '' };
  return [...items, { what: 'unexplained', ...blank, day, amount: rest }];
}

function itemOf({ code, orderNo, since, resolution, stands }: BankBreak): ClearingItem {
  const what = (resolution ?? 'explained') as ClearingItem['what'];
  return { what, code, orderNo, loanNo: '', day: since, amount: stands };
}
