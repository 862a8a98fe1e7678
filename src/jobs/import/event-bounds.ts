import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import { isAboveCostCap } from '../../accounting/cost/cost-cap.js';
import { EVENT_TYPE } from '../../accounting/events/loan-event.js';
import { Refusal } from '../../accounting/money/refusal.js';
import { type EpochDay, NO_DAY, type RatePpb } from '../../accounting/money/units.js';
import { laySchedule } from '../../accounting/schedule/schedule.js';
import { readSql } from '../../db/sql-file.js';
import { loadCostCaps } from '../book/cost-caps.js';
import { loadBounds } from '../book/policy-bounds.js';
import { ProductCatalogue } from './product-catalogue.js';

/** Puts what a fee may be of its loan's principal, by day, where the statements find it. */
export async function boundFees(client: pg.Client): Promise<void> {
  const versions = await loadBounds(client);
  const shares = versions.flatMap(({ from, bounds }, at) =>
    bounds.feeSharePpb === null
      ? []
      : [{ from, until: versions[at - 1]?.from ?? NO_DAY, ppb: bounds.feeSharePpb }],
  );
  await client.query(readSql(import.meta.url, 'events-bounds'), [
    shares.map(({ from }) => formatDay(from)),
    shares.map(({ until }) => formatDay(until)),
    shares.map(({ ppb }) => ppb),
  ]);
}

/** Of `problems` of an event kind. */
const COST_ABOVE_CAP = 12;

interface RateRow {
  readonly line: number;
  readonly product_id: number;
  readonly principal: number;
  readonly periods: number;
  readonly disbursed_on: string;
  readonly first_due_on: string | null;
  readonly business_date: string;
  /** What the change makes the rate a year, and what it is before. */
  readonly rate: RatePpb;
  readonly before: RatePpb;
}

/**
 * Rejects the rate changes that raise the rate of a loan and by which it costs more than the cap in
 * force on their business date: as if it had the new rate from its disbursement, since the part
 * that is still to run has. A change that lowers the rate passes, above the cap too.
 */
export async function rejectCostlyRates(client: pg.Client): Promise<void> {
  const { rows } = await client.query<RateRow>(readSql(import.meta.url, 'events-rates'), [
    EVENT_TYPE.rate_change,
  ]);
  if (rows.length === 0) return;
  const capOn = await loadCostCaps(client);
  const catalogue = await ProductCatalogue.load(client);
  const costly = rows.filter((row) => row.rate > row.before && isCostly(row, catalogue, capOn));
  await client.query('INSERT INTO rejected SELECT unnest($1::int[]), $2', [
    costly.map(({ line }) => line),
    COST_ABOVE_CAP,
  ]);
}

function isCostly(
  row: RateRow,
  catalogue: ProductCatalogue,
  capOn: (day: EpochDay) => RatePpb | null,
): boolean {
  const cap = capOn(parseDay(row.business_date) ?? 0);
  const terms = catalogue.termsOf(row.product_id);
  if (cap === null || terms === undefined) return false;
  const contract = {
    principal: row.principal,
    ratePpb: row.rate,
    periods: row.periods,
    disbursedOn: parseDay(row.disbursed_on) ?? 0,
    firstDueOn: row.first_due_on === null ? null : (parseDay(row.first_due_on) ?? null),
  };
  try {
    return isAboveCostCap(terms, contract, laySchedule(terms, contract), cap);
  } catch (error) {
    // No schedule can be laid at such a rate: more than any cap.
    if (error instanceof Refusal || error instanceof RangeError) return true;
    throw error;
  }
}
