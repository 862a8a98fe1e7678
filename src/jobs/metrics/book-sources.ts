import type pg from 'pg';
import { findZone } from '../../operations/clock/zone.js';
import { openDate } from '../book/open-day.js';
import { BOOK_TIME_ZONE } from '../book/today.js';
import { AGE_BANDS } from '../reconcile/report.js';
import type { Metric, MetricSource } from './metric.js';

/** The book itself. */
export const BOOK_SOURCES: readonly MetricSource[] = [
  async (client) => {
    const midnight = findZone(BOOK_TIME_ZONE)!.instantOf(await openDate(client), 0);
    return gauge(
      'business_date_timestamp_seconds',
      'Begin of the open business date, in the zone of the book.',
      midnight / 1000,
    );
  },
  async (client) =>
    gauge(
      'loans',
      'Loans with a position at the last close.',
      await numberOf(
        client,
        `SELECT coalesce(sum(loans), 0)::int8 AS value FROM subledger_total
         WHERE business_date = (SELECT max(business_date) FROM sealed_day)`,
      ),
    ),
  async (client) =>
    gauge(
      'held_loans',
      'Loans that the last close could not fold.',
      await numberOf(
        client,
        `SELECT count(*) AS value FROM held_loan
         WHERE business_date = (SELECT max(business_date) FROM sealed_day)`,
      ),
    ),
  openBreaks,
];

function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', samples: [{ value }] };
}

async function numberOf(client: pg.Client, sql: string): Promise<number> {
  const { rows } = await client.query<{ value: number }>(sql);
  return rows[0]?.value ?? 0;
}

/** Every age, those without a break too: what is not there cannot raise an alarm. */
async function openBreaks(client: pg.Client): Promise<Metric> {
  const { rows } = await client.query<{ days: number; breaks: number }>(
    `SELECT k.business_date - b.since AS days, count(*) AS breaks
     FROM recon_break b CROSS JOIN book k WHERE b.state = 'open' GROUP BY 1`,
  );
  const samples = AGE_BANDS.map(({ until }, at) => {
    const from = at === 0 ? 0 : AGE_BANDS[at - 1]!.until + 1;
    const within = rows.filter(({ days }) => days <= until && (at === 0 || days >= from));
    const value = within.reduce((sum, { breaks }) => sum + breaks, 0);
    return { labels: { age: Number.isFinite(until) ? `${from}-${until}` : `${from}+` }, value };
  });
  return {
    name: 'breaks',
    help: 'Open breaks of reconciliations by their age in days.',
    type: 'gauge',
    samples,
  };
}
