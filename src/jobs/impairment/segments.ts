import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay, RatePpb } from '../../accounting/money/units.js';
import { type ImpairmentDocument, ratesOf } from './documents/impairment-document.js';

/** PD and LGD of an accounting group and stage. */
export interface SegmentRate {
  readonly groupId: number;
  readonly product: string;
  readonly org: string;
  readonly stage: number;
  readonly pdPpb: RatePpb;
  readonly lgdPpb: RatePpb;
}

/** An accounting group and stage with loans in it; minor units. */
export interface Segment extends SegmentRate {
  readonly loans: number;
  readonly ead: bigint;
  readonly required: bigint;
}

/** Every group of the book with its three stages. */
export async function segmentRates(
  client: pg.Client,
  document: ImpairmentDocument,
): Promise<SegmentRate[]> {
  const { rows } = await client.query<{ groupId: number; product: string; org: string }>(
    `SELECT g.group_id AS "groupId", v.code AS product, g.org
     FROM accounting_group g JOIN product_version v USING (product_id) ORDER BY g.group_id`,
  );
  return rows.flatMap((group) =>
    [1, 2, 3].map((stage) => ({ ...group, stage, ...ratesOf(document, group.product, stage) })),
  );
}

/** What each segment requires, from the measured loans and rounded as the document declares. */
export async function segmentsOf(
  client: pg.Client,
  asOf: EpochDay,
  document: ImpairmentDocument,
  rates: readonly SegmentRate[],
): Promise<Segment[]> {
  const { rows } = await client.query<{
    group_id: number;
    stage: number;
    loans: number;
    ead: bigint;
    allowance: bigint;
  }>(
    `SELECT group_id, stage, count(*) AS loans, sum(ead) AS ead,
       sum(allowance) AS allowance
     FROM impairment_loan WHERE as_of = $1 GROUP BY group_id, stage ORDER BY group_id, stage`,
    [formatDay(asOf)],
  );
  const byKey = new Map(rates.map((rate) => [`${rate.groupId}/${rate.stage}`, rate]));
  return rows.map(({ group_id, stage, loans, ead, allowance }) => {
    const rate = byKey.get(`${group_id}/${stage}`)!;
    const once = () => requiredOf(ead, rate.pdPpb, rate.lgdPpb);
    return { ...rate, loans, ead, required: document.rounding === 'loan' ? allowance : once() };
  });
}

/** EAD * PD * LGD, halves up, exact. */
export function requiredOf(ead: bigint, pdPpb: RatePpb, lgdPpb: RatePpb): bigint {
  const unit = 10n ** 18n;
  const twice = 2n * ead * BigInt(pdPpb) * BigInt(lgdPpb);
  return (twice + unit) / (2n * unit);
}
