import { createHash } from 'node:crypto';
import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { readSql } from '../../../db/sql-file.js';
import { LoanbookError } from '../../../errors.js';
import type { ExposureOf, RoutePlan } from '../../../funding/route/router.js';
import { planFromValue } from '../../book/documents/funding-plan.js';
import { routeLimits } from '../../book/documents/funding-route.js';
import { type StoredDocument, valueOfStored } from '../../book/stored-document.js';
import { stoppedPlans } from '../limits/book-limits.js';

interface PlanRow extends StoredDocument {
  readonly code: string;
  readonly version: number;
  readonly used: bigint;
  readonly today: bigint;
}

/**
 * The plans that loans can be routed to on a day: those with partners and `route`, with the room
 * that is taken. Parties of one plan are one to its limits. Throws `document_changed` (3).
 */
export async function routePlans(
  client: pg.Client,
  day: EpochDay,
  minorDigits: number,
): Promise<RoutePlan[]> {
  const isStopped = await stoppedPlans(client);
  const sql = readSql(import.meta.url, 'plans');
  const { rows } = await client.query<PlanRow>(sql, [formatDay(day)]);
  return rows.flatMap((row): RoutePlan[] => {
    const name = `funding plan ${row.code} ${row.version}`;
    const value = valueOfStored('funding_plan_version', name, row);
    const { document, plan } = planFromValue(value, { name });
    const partners = plan.parties.filter(({ own, part }) => !own && part > 0);
    if (document.route === undefined || partners.length === 0) return [];
    const limits = routeLimits(document.route, minorDigits);
    const used = Number(row.used);
    const { depositFen } = limits;
    return [
      {
        plan: plan.code,
        party: partners.map(({ party }) => party).join('+'),
        ownPart: plan.parties.find(({ own }) => own)?.part ?? 0,
        parts: plan.parties.reduce((sum, { part }) => sum + part, 0),
        limits: { ...limits, depositFen: depositFen === null ? null : depositFen - used },
        usedFen: used,
        usedTodayFen: Number(row.today),
        isStopped: isStopped(plan),
      },
    ];
  });
}

/** What customers have of the parties whose plans limit a customer. */
export async function exposuresOf(
  client: pg.Client,
  plans: readonly RoutePlan[],
): Promise<ExposureOf> {
  const limited = plans.filter(({ limits }) => limits.customerFen !== null);
  const parties = [...new Set(limited.map(({ party }) => party))];
  if (parties.length === 0) return () => 0;
  const sql = readSql(import.meta.url, 'exposures');
  const { rows } = await client.query<{ party: string; customer: Buffer; amount: bigint }>(sql, [
    parties,
  ]);
  const known = new Map(
    rows.map(({ party, customer, amount }) => [
      `${party}/${customer.toString('hex')}`,
      Number(amount),
    ]),
  );
  if (known.size === 0) return () => 0;
  return (customer, party) => known.get(`${party}/${customerKey(customer).toString('hex')}`) ?? 0;
}

/** A customer as a room keeps it: who it is stands in no row. */
function customerKey(customer: string): Buffer {
  return createHash('sha256').update(customer).digest().subarray(0, 16);
}

export interface TakenRoom {
  readonly id: string;
  readonly plan: string;
  readonly party: string;
  readonly customer: string;
  readonly amount: Fen;
}

/** Keeps the room that applications took. Throws LoanbookError `application_repeated` (1). */
export async function takeRoom(
  client: pg.Client,
  day: EpochDay,
  rooms: readonly TakenRoom[],
): Promise<void> {
  if (rooms.length === 0) return;
  const { rowCount } = await client.query(readSql(import.meta.url, 'take-room'), [
    rooms.map(({ id }) => id),
    rooms.map(({ plan }) => plan),
    rooms.map(({ party }) => party),
    rooms.map(({ customer }) => customerKey(customer)),
    rooms.map(({ amount }) => amount),
    formatDay(day),
  ]);
  if (rowCount === rooms.length) return;
  throw new LoanbookError('application_repeated', 'An application has its room already.', {
    evidence: { applications: rooms.length, known: rooms.length - (rowCount ?? 0) },
    next: 'Route the file without --keep to see it, or give new applications their own ids.',
  });
}

/** Frees the room of failed disbursements. Throws LoanbookError `unknown_application` (1). */
export async function freeRoom(client: pg.Client, ids: readonly string[]): Promise<number> {
  const sql = readSql(import.meta.url, 'free-room');
  const { rows } = await client.query<{ unknown: string | null; freed: number }>(sql, [ids]);
  const unknown = rows.flatMap((row) => (row.unknown === null ? [] : [row.unknown]));
  if (unknown.length === 0) return Number(rows.at(-1)?.freed ?? 0);
  throw new LoanbookError('unknown_application', 'An application has no room to be freed.', {
    evidence: { application: unknown[0], unknown: unknown.length },
    next: 'Take it out of the file of failed ones. Nothing was freed.',
  });
}
