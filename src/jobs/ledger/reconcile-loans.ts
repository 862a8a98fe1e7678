import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { COMPOUND, PENALTY } from '../../accounting/posting/flow.js';
import { PENALTY_CHARGED, TOTALS_COUNT } from '../../accounting/posting/totals.js';
import { daySql } from '../day/day-sql.js';
import { dayTable } from '../day/day-table.js';
import { jointGroups } from '../day/joint/joint-stocks.js';
import { readTotals, VarintCursor } from '../day/packed.js';

/** A loan whose journal does not explain how its position changed on a day; minor units. */
export interface LoanBreak {
  readonly businessDate: string;
  readonly loanNo: string;
  readonly groupId: number;
  /** `receivable` is interest, penalty and compound in one: the loan switched its state. */
  readonly measure: string;
  /** What the journal and the loan's own accrual explain. */
  readonly explained: Fen;
  /** By how much the position really changed. */
  readonly changed: Fen;
}

interface Row {
  readonly loanNo: string;
  readonly groupId: number;
  readonly principalNormal: Fen;
  readonly principalNormalPosted: Fen;
  readonly principalOverdue: Fen;
  readonly principalOverduePosted: Fen;
  readonly fee: Fen;
  readonly feePosted: Fen;
  readonly suspense: Fen;
  readonly suspensePosted: Fen;
  readonly byItself: boolean;
  readonly isOpened: boolean;
  readonly chargesLeft: Fen;
  readonly interest: Fen;
  readonly interestExplained: Fen;
  readonly penalty: Fen;
  readonly penaltyPosted: Fen;
  readonly compound: Fen;
  readonly compoundPosted: Fen;
  readonly totals: Buffer | null;
  readonly totalsBefore: Buffer | null;
}

/**
 * The loans whose change from the day before to `date` (both sealed; the day before may be none) is
 * not what their journal lines and their accrual say.
 */
export async function loanBreaks(
  client: pg.Client,
  date: EpochDay,
  hasDayBefore: boolean,
): Promise<LoanBreak[]> {
  const day = formatDay(date);
  const before = hasDayBefore
    ? dayTable('position', date - 1)
    : '(SELECT * FROM position WHERE false)';
  const parts = { before, day: `DATE '${day}'` };
  const sql = daySql(import.meta.url, 'reconcile-loans', date, parts);
  const { groupIds } = await jointGroups(client);
  const { rows } = await client.query<Row>(sql, [groupIds]);
  return rows.flatMap((row) => breaksOf(row, day));
}

function breaksOf(row: Row, businessDate: string): LoanBreak[] {
  const { loanNo, groupId } = row;
  const accrued = chargesAccrued(row);
  const lines: [string, Fen, Fen][] = [
    ['principal_normal', row.principalNormalPosted, row.principalNormal],
    ['principal_overdue', row.principalOverduePosted, row.principalOverdue],
    ['fee', row.feePosted, row.fee],
    ['suspense', row.suspensePosted, row.suspense],
  ];
  if (row.byItself && !row.isOpened) {
    lines.push(
      ['interest', row.interestExplained, row.interest],
      ['penalty', row.penaltyPosted + accrued.penalty, row.penalty],
      ['compound', row.compoundPosted + accrued.compound, row.compound],
    );
  } else if (!row.isOpened) {
    const changed = row.interest + row.penalty + row.compound;
    const explained = changed - row.chargesLeft + accrued.penalty + accrued.compound;
    lines.push(['receivable', explained, changed]);
  }
  return lines
    .filter(([, explained, changed]) => explained !== changed)
    .map(([measure, explained, changed]) => {
      return { businessDate, loanNo, groupId, measure, explained, changed };
    });
}

/** What the nights between two rows of a loan have charged, from its lifetime totals. */
function chargesAccrued(row: Row): { penalty: Fen; compound: Fen } {
  // A loan that has left: its last row stands for both.
  const now = unpack(row.totals ?? row.totalsBefore);
  const then = unpack(row.totalsBefore);
  const grown = (at: number) => now[at]! - then[at]!;
  return {
    penalty: grown(4 * PENALTY) - grown(PENALTY_CHARGED),
    compound: grown(4 * COMPOUND),
  };
}

function unpack(packed: Buffer | null): number[] {
  const totals = new Array<number>(TOTALS_COUNT).fill(0);
  if (packed === null || packed.length === 0) return totals;
  const cursor = new VarintCursor();
  cursor.seek(packed, 0);
  readTotals(cursor, totals, packed.length);
  return totals;
}
