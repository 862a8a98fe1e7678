import type { ChannelDocument } from '../documents/channel-document.js';

/** What two channels may both take for theirs, by the key of their documents. */
export interface Overlap {
  readonly key: 'order_prefix' | 'settlement_ref';
  readonly codes: readonly [string, string];
  /** What each of them claims. */
  readonly claims: readonly [string, string];
}

/**
 * An order has one owner: where two channels of the same direction may claim it, one of them finds
 * it short and the clearing account counts it twice. A line of the bank is known by the reference
 * of one channel too. Undefined: nothing is claimed by both.
 */
export function overlapOf(a: ChannelDocument, b: ChannelDocument): Overlap | undefined {
  if (a.code === b.code || a.kind !== 'channel' || b.kind !== 'channel') return undefined;
  const codes = [a.code, b.code] as const;
  if (a.direction === b.direction) {
    for (const own of prefixesOf(a)) {
      const other = prefixesOf(b).find((one) => own.startsWith(one) || one.startsWith(own));
      if (other === undefined) continue;
      return { key: 'order_prefix', codes, claims: [ordersOf(own), ordersOf(other)] };
    }
  }
  const ref = settlementRefOf(a);
  if (a.accounts.bank !== b.accounts.bank || ref !== settlementRefOf(b)) return undefined;
  return { key: 'settlement_ref', codes, claims: [ref, ref] };
}

/** Every two channels that claim the same, by code. */
export function overlapsAmong(documents: readonly ChannelDocument[]): Overlap[] {
  return documents.flatMap((a, at) =>
    documents.slice(at + 1).flatMap((b) => {
      const found = overlapOf(a, b);
      return found === undefined ? [] : [found];
    }),
  );
}

/** `ALL (all orders) and WX (orders WX...)`. */
export function overlapText({ codes, claims }: Overlap): string {
  return `${codes[0]} (${claims[0]}) and ${codes[1]} (${claims[1]})`;
}

/** The bank's reference of a channel's net; `{date}` is the day of the statement. */
export function settlementRefOf({ settlement_ref: ref, code }: ChannelDocument): string {
  return ref ?? `${code}{date}`;
}

/** What orders and refunds of a channel begin with. */
function prefixesOf({ order_prefix: orders = '', refund_prefix: refunds }: ChannelDocument) {
  return refunds === undefined ? [orders] : [orders, refunds];
}

function ordersOf(prefix: string): string {
  return prefix === '' ? 'all orders' : `orders ${prefix}...`;
}
