import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { parseRatePpb } from '../../../accounting/money/amount-text.js';
import { partOfGrowth } from '../../../accounting/money/split.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { taxWithin } from '../../../accounting/posting/vat.js';
import type { MerchantSettlement } from '../../../funding/merchant/merchant-account.js';
import type { CheckedLedger } from '../../book/documents/ledger.js';
import { accountOfRole, type LedgerRole } from '../../book/documents/ledger-roles.js';
import { type EntryLine, linesOfTotals, type NewEntry } from '../../ledger/entry.js';

/**
 * What a settlement posts: orders leave the account that disbursements wait on, and what refunds
 * made the merchant owe is taken off it. What it owes still stays there; what is owed to it and not
 * paid is payable.
 */
export function settlementEntry(
  ledger: CheckedLedger,
  settlement: MerchantSettlement & { readonly merchant: string; readonly reference: string },
  feesBefore: Fen,
  maker: string,
): NewEntry {
  const { merchant, reference, gross, fee, feeBack, subsidy, subsidyBack } = settlement;
  const { withheld, released, drawn, refunds, carriedIn, carriedOut, paid } = settlement;
  const owing = Math.max(0, 0 - carriedOut) - Math.max(0, 0 - carriedIn);
  return {
    ...{ source: 'merchant', reference, maker, memo: `商户结算 ${merchant}` },
    lines: [
      ...linesOf(ledger, [
        ['merchant_transit', gross],
        ['merchant_payable', Math.max(0, carriedIn) - Math.max(0, carriedOut)],
        ['merchant_subsidy_deferred', subsidyBack - subsidy],
        ['merchant_hold_back', released + drawn - withheld],
        ['merchant_receivable', owing - refunds],
        ['bank', 0 - paid],
      ]),
      ...incomeOf(ledger, 'merchant_fee', feesBefore, feesBefore + fee - feeBack),
    ],
  };
}

/** What a merchant's subsidies have earned by a day. */
export interface Earning {
  /** In all, and since the last time. */
  readonly earned: Fen;
  readonly amount: Fen;
  readonly reference: string;
}

export function referenceOfEarning(merchant: string, through: EpochDay): string {
  return `E-${merchant}-${formatDay(through).replaceAll('-', '')}`;
}

export function earningOf(
  ledger: CheckedLedger,
  merchant: string,
  { amount, earned, reference }: Earning,
  maker: string,
): NewEntry {
  return {
    ...{ source: 'merchant', reference, maker, memo: `贴息收入 ${merchant}` },
    lines: [
      ...linesOf(ledger, [['merchant_subsidy_deferred', amount]]),
      ...incomeOf(ledger, 'merchant_subsidy', earned - amount, earned),
    ],
  };
}

/** A role is asked for where it is needed alone. */
function linesOf(
  { roles }: CheckedLedger,
  totals: readonly (readonly [LedgerRole, Fen])[],
): EntryLine[] {
  return linesOfTotals(
    totals
      .filter(([, amount]) => amount !== 0)
      .map(([role, amount]) => ({ account: accountOfRole(roles, role), amount })),
  );
}

/**
 * Income as its total grows, less the tax inside of it where the ledger taxes the account: by
 * cumulative difference, and here, since the tax of a night is of what loans came to alone.
 */
function incomeOf(ledger: CheckedLedger, role: LedgerRole, before: Fen, now: Fen): EntryLine[] {
  if (before === now) return [];
  const account = accountOfRole(ledger.roles, role);
  const rule = ledger.document.tax.find(({ income }) => income === account);
  if (rule === undefined) return linesOfTotals([{ account, amount: before - now }]);
  const ratePpb = parseRatePpb(rule.rate, true) ?? 0;
  const grown = partOfGrowth(BigInt(before), BigInt(now), (total) => taxWithin(total, ratePpb));
  const tax = Number(grown);
  return linesOfTotals([
    { account, amount: before - now + tax },
    { account: rule.output, amount: 0 - tax },
  ]);
}
