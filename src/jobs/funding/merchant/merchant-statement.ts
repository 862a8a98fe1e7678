import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { readSql } from '../../../db/sql-file.js';
import { type Report, tableOf } from '../../../files/report.js';
import { isReceivable } from '../../../funding/merchant/merchant-account.js';
import { sealedRange } from '../../day/sealed-range.js';
import { termsOn } from '../terms/terms-queries.js';
import { businessBehind, merchantsOfBook, merchantVersions } from './merchant-book.js';
import { merchantWithoutTerms } from './unknown-merchant.js';

export interface StatementOptions {
  readonly merchant: string;
  /** Left out: the last sealed day alone. */
  readonly from?: EpochDay;
  readonly to?: EpochDay;
}

const AMOUNTS = [
  ...(['gross', 'fee', 'subsidy', 'withheld', 'refunds', 'feeBack', 'subsidyBack'] as const),
  ...(['released', 'drawn', 'carriedIn', 'paid', 'carriedOut'] as const),
] as const;
type Amounts = Readonly<Record<(typeof AMOUNTS)[number], string>>;

interface StatementSettlement extends Amounts {
  readonly reference: string;
  readonly dueOn: string;
  readonly from: string | null;
  readonly to: string | null;
}

interface StatementOrder {
  readonly day: string;
  readonly orderNo: string;
  readonly principal: string;
  readonly fee: string;
  readonly subsidy: string;
}

interface StatementRefund {
  readonly day: string;
  readonly refundNo: string;
  readonly orderNo: string;
  readonly amount: string;
  /** Why it is not netted; empty: it is. */
  readonly rule: string;
}

/** What a merchant and we have with each other over sealed days. */
export interface MerchantStatement {
  readonly merchant: string;
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  /** As the last settlement of the days left it. */
  readonly holdBack: string;
  readonly carried: string;
  readonly receivable: string;
  readonly settlements: readonly StatementSettlement[];
  readonly orders: readonly StatementOrder[];
  readonly refunds: readonly StatementRefund[];
}

/**
 * A merchant's orders and refunds on sealed days, the settlements that were due on them, and how it
 * stands then. Throws LoanbookError `unknown_merchant`, and as `sealedRange`.
 */
export async function merchantStatement(
  client: pg.Client,
  { merchant, ...asked }: StatementOptions,
): Promise<MerchantStatement> {
  const { from, to, currency, minorDigits } = await sealedRange(client, asked);
  await merchantsOfBook(client, merchant);
  const text = (fen: Fen | bigint) => formatAmount(Number(fen), minorDigits);
  const versions = (await merchantVersions(client)).get(merchant);
  if (versions === undefined) throw merchantWithoutTerms(merchant, to);
  const { business, orders, refunds } = await businessBehind(
    client,
    merchant,
    versions,
    from - 1,
    to,
  );
  const isWithin = ({ day }: { readonly day: EpochDay }) => from <= day && day <= to;
  return {
    ...{ merchant, from: formatDay(from), to: formatDay(to), currency },
    ...(await standingAt(client, merchant, to, text)),
    settlements: await settlementsOf(client, merchant, [from, to], text),
    orders: orders.filter(isWithin).map(({ day, orderNo, principal, isOpening }) => {
      const { fee, subsidy } = business.orders.get(orderNo)!.order;
      const own = isOpening ? { fee: 0, subsidy: 0 } : { fee, subsidy };
      return {
        ...{ day: formatDay(day), orderNo, principal: text(isOpening ? 0 : principal) },
        ...{ fee: text(own.fee), subsidy: text(own.subsidy) },
      };
    }),
    refunds: refunds.filter(isWithin).map(({ day, refundNo, orderNo, amount, rule }) => ({
      ...{ day: formatDay(day), refundNo, orderNo, amount: text(amount), rule },
    })),
  };
}

async function standingAt(
  client: pg.Client,
  merchant: string,
  day: EpochDay,
  text: (fen: Fen) => string,
): Promise<Pick<MerchantStatement, 'holdBack' | 'carried' | 'receivable'>> {
  const terms = await termsOn(client, 'merchant', merchant, formatDay(day));
  if (terms === undefined) throw merchantWithoutTerms(merchant, day);
  const { rows } = await client.query<{
    carried: bigint;
    negativeSince: string | null;
    held: bigint;
  }>(readSql(import.meta.url, 'settlement-at'), [merchant, formatDay(day)]);
  const { carried = 0n, negativeSince = null, held = 0n } = rows[0] ?? {};
  const state = {
    held: [],
    carried: Number(carried),
    negativeSince: negativeSince === null ? null : parseDay(negativeSince)!,
  };
  const isBilled = isReceivable(terms, state, day);
  return {
    holdBack: text(Number(held)),
    carried: text(isBilled ? 0 : state.carried),
    receivable: text(isBilled ? 0 - state.carried : 0),
  };
}

async function settlementsOf(
  client: pg.Client,
  merchant: string,
  [from, to]: readonly [EpochDay, EpochDay],
  text: (fen: bigint) => string,
): Promise<StatementSettlement[]> {
  const { rows } = await client.query<
    Omit<StatementSettlement, keyof Amounts> & Record<keyof Amounts, bigint>
  >(readSql(import.meta.url, 'settlements'), [merchant, formatDay(from), formatDay(to)]);
  return rows.map((row) => {
    const amounts = AMOUNTS.map((key) => [key, text(row[key])] as const);
    const { reference, dueOn, from: first, to: last } = row;
    return { reference, dueOn, from: first, to: last, ...(Object.fromEntries(amounts) as Amounts) };
  });
}

/** The statement as people read it, the titles in both languages. */
export function reportOfStatement(said: MerchantStatement): Report {
  const { settlements, orders, refunds, ...head } = said;
  return {
    head,
    tables: [
      tableOf(
        'settlements',
        {
          reference: ['text', '参考号 reference'],
          dueOn: ['date', '结算日 due on'],
          from: ['date', '交易日起 from'],
          to: ['date', '止 to'],
          gross: ['amount', '交易额 gross'],
          fee: ['amount', '手续费 fee'],
          subsidy: ['amount', '贴息 subsidy'],
          withheld: ['amount', '扣留保证金 withheld'],
          refunds: ['amount', '退货 refunds'],
          feeBack: ['amount', '退手续费 fee back'],
          subsidyBack: ['amount', '退贴息 subsidy back'],
          released: ['amount', '释放保证金 released'],
          drawn: ['amount', '动用保证金 drawn'],
          carriedIn: ['amount', '上期结转 carried in'],
          paid: ['amount', '划付 paid'],
          carriedOut: ['amount', '结转下期 carried out'],
        },
        settlements,
      ),
      tableOf(
        'orders',
        {
          day: ['date', '交易日 day'],
          orderNo: ['text', '订单号 order'],
          principal: ['amount', '本金 principal'],
          fee: ['amount', '手续费 fee'],
          subsidy: ['amount', '贴息 subsidy'],
        },
        orders,
      ),
      tableOf(
        'refunds',
        {
          day: ['date', '退货日 day'],
          refundNo: ['text', '退货号 refund'],
          orderNo: ['text', '订单号 order'],
          amount: ['amount', '金额 amount'],
          rule: ['text', '未受理原因 rejected by'],
        },
        refunds,
      ),
    ],
  };
}
