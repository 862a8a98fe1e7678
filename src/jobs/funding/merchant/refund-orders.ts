import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import { formatAmount, parseAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { readSql } from '../../../db/sql-file.js';
import { inspectFile } from '../../../files/file-content.js';
import { keptName } from '../../../files/mask.js';
import type { RefundRule } from '../../../funding/merchant/merchant-order.js';
import { writeAudit } from '../../approvals/audit.js';
import { dayIsBeingClosed, holdOpenDay } from '../../book/open-day.js';
import { accruedAt } from '../../day/at-close/accrued-at.js';
import { EventDoor } from '../../import/event-door.js';
import { currencyOfBook } from '../../import/import-file.js';
import { takeJobLock } from '../../runs/lock-order.js';
import { Patience, type Waits } from '../../runs/waiting.js';
import type { BadLine } from '../whole-file.js';
import { type RefundLine, readRefunds, refundsRefused } from './refund-file.js';

export interface TakenRefunds {
  readonly file: string;
  readonly businessDate: string;
  readonly outcome: 'taken' | 'unchanged';
  readonly refunds: number;
  /** Minor units. */
  readonly amount: Fen;
  readonly minorDigits: number;
  readonly dryRun: boolean;
}

export interface RefundOptions {
  readonly file: string;
  readonly by: string;
  readonly dryRun?: boolean;
  readonly waits?: Waits;
}

interface NamedOrder {
  readonly orderNo: string;
  readonly bucket: number;
  readonly loanId: number;
  readonly merchant: string;
  readonly disbursedOn: EpochDay;
  readonly left: Fen;
  readonly refunded: readonly string[];
}

interface TakenRefund extends RefundLine {
  readonly order: NamedOrder;
}

/**
 * Takes what customers gave back on the open day, all of a file or nothing: an event of each loan
 * (`merchant_refund`), and an item of the merchant's next settlement. A file that was taken is
 * `unchanged`. Throws LoanbookError `refunds_refused` (1) with the rule of each line,
 * `wrong_header`, `event_refused`, `day_is_being_closed`, `import_is_running` (75), `no_book`.
 */
export async function refundOrders(
  client: pg.Client,
  { file, by, dryRun = false, waits }: RefundOptions,
): Promise<TakenRefunds> {
  const { sha256 } = await inspectFile(file);
  const { minorDigits } = await currencyOfBook(client);
  const refunds = await readRefunds(file, minorDigits);
  return inTransaction(client, async () => {
    await takeJobLock(client, 'import', new Patience(waits));
    const open = await holdOpenDay(client);
    const businessDate = formatDay(open.date);
    const amount = refunds.reduce((sum, refund) => sum + refund.amount, 0);
    const about = { file, businessDate, minorDigits, dryRun, refunds: refunds.length };
    if (await isTaken(client, sha256)) return { ...about, amount: 0, outcome: 'unchanged' };
    if (open.isBeingClosed) throw dayIsBeingClosed(businessDate, file);
    const orders = await ordersNamed(client, refunds);
    const taken = takenOf(file, refunds, orders, open.date);
    if (!dryRun && taken.length > 0) {
      await bring(client, taken, open.date, { name: keptName(file), sha256, minorDigits });
      await keep(client, taken, open.date, { sha256, by });
      const after = { sha256, refunds: taken.length, amount };
      await writeAudit(client, { action: 'merchant refund', subject: keptName(file), after, by });
    }
    return { ...about, amount, outcome: 'taken' };
  });
}

async function isTaken(client: pg.Client, sha256: string): Promise<boolean> {
  const { rows } = await client.query(
    'SELECT FROM merchant_refund WHERE file_sha256 = $1 LIMIT 1',
    [sha256],
  );
  return rows.length > 0;
}

async function ordersNamed(
  client: pg.Client,
  refunds: readonly RefundLine[],
): Promise<Map<string, NamedOrder>> {
  const numbers = [...new Set(refunds.map(({ orderNo }) => orderNo))];
  const { rows } = await client.query<
    Omit<NamedOrder, 'disbursedOn' | 'left'> & { disbursedOn: string; left: bigint }
  >(readSql(import.meta.url, 'orders-named'), [
    numbers,
    refunds.map(({ refundNo }) => refundNo),
    [...new Set(numbers.map(bucketOf))],
  ]);
  return new Map(
    rows.map(({ disbursedOn, left, ...row }) => [
      row.orderNo,
      { ...row, disbursedOn: parseDay(disbursedOn)!, left: Number(left) },
    ]),
  );
}

/** Throws `refunds_refused` with all that cannot be taken. */
function takenOf(
  file: string,
  refunds: readonly RefundLine[],
  orders: ReadonlyMap<string, NamedOrder>,
  openDay: EpochDay,
): TakenRefund[] {
  const left = new Map([...orders].map(([orderNo, order]) => [orderNo, order.left]));
  const seen = new Set<string>();
  const bad: BadLine[] = [];
  const taken: TakenRefund[] = [];
  for (const refund of refunds) {
    const { line, refundNo, orderNo, amount, valueDate } = refund;
    const order = orders.get(orderNo);
    const rule = ruleOf(refund, order, left.get(orderNo) ?? 0, seen);
    if (rule !== null || order === undefined) {
      const value = rule === 'repeated_refund' ? refundNo : undefined;
      bad.push({
        ...{ line, about: orderNo, rule: rule ?? 'unknown_order' },
        ...(value === undefined ? {} : { value }),
      });
      continue;
    }
    const on = valueDate ?? openDay;
    if (on > openDay || on < order.disbursedOn) {
      bad.push({ line, about: orderNo, rule: 'date', value: formatDay(on) });
      continue;
    }
    seen.add(`${order.merchant} ${refundNo}`);
    left.set(orderNo, left.get(orderNo)! - amount);
    taken.push({ ...refund, order });
  }
  if (bad.length > 0) throw refundsRefused(file, bad);
  return taken;
}

/** The rule that a refund breaks, in the order in which the engine asks. */
function ruleOf(
  { refundNo, amount }: RefundLine,
  order: NamedOrder | undefined,
  left: Fen,
  seen: ReadonlySet<string>,
): RefundRule | null {
  if (order === undefined) return 'unknown_order';
  const isRepeated = order.refunded.includes(refundNo) || seen.has(`${order.merchant} ${refundNo}`);
  if (isRepeated) return 'repeated_refund';
  return amount > left ? 'refund_above_order' : null;
}

/** As the database has it: functions/merchant.sql. */
const refundRef = (refundNo: string) => `refund/${refundNo}`;

/** What they do to the loans: events of the book, known by the number of the refund. */
async function bring(
  client: pg.Client,
  taken: readonly TakenRefund[],
  openDay: EpochDay,
  { minorDigits, ...source }: { name: string; sha256: string; minorDigits: number },
): Promise<void> {
  const door = await EventDoor.open(client, openDay);
  await door.add(
    taken.map(({ refundNo, orderNo, amount, valueDate }) => ({
      ...{ ref: refundRef(refundNo), loanNo: orderNo, type: 'merchant_refund' },
      ...{ valueDate: valueDate ?? openDay, amount: formatAmount(amount, minorDigits), of: '' },
    })),
    ({ amount }) => parseAmount(amount, minorDigits)!,
  );
  await door.close(source);
}

async function keep(
  client: pg.Client,
  taken: readonly TakenRefund[],
  openDay: EpochDay,
  { sha256, by }: { sha256: string; by: string },
): Promise<void> {
  const loanIds = [...new Set(taken.map(({ order }) => order.loanId))];
  const accrued = await accruedBefore(client, openDay, loanIds);
  await client.query(readSql(import.meta.url, 'keep-refunds'), [
    taken.map(({ order }) => order.merchant),
    taken.map(({ refundNo }) => refundNo),
    taken.map(({ order }) => order.bucket),
    taken.map(({ order }) => order.loanId),
    taken.map(({ amount }) => amount),
    taken.map(({ order }) => accrued.get(order.loanId) ?? 0),
    ...[formatDay(openDay), sha256, by],
  ]);
}

/** Interest that the loans have accrued before the open day: none on the first day of the book. */
async function accruedBefore(
  client: pg.Client,
  openDay: EpochDay,
  loanIds: readonly number[],
): Promise<Map<number, Fen>> {
  const { rows } = await client.query('SELECT FROM sealed_day WHERE business_date = $1', [
    formatDay(openDay - 1),
  ]);
  if (rows.length === 0) return new Map();
  const accrued = await accruedAt(client, openDay - 1, loanIds);
  return new Map([...accrued].map(([loanId, { interest }]) => [loanId, interest]));
}
