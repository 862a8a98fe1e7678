import type pg from 'pg';
import type { Position } from '../../accounting/fold/position.js';
import { Total } from '../../accounting/money/total.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { SUBLEDGER_MEASURES, type SubledgerMeasure } from '../../accounting/posting/posting.js';
import { eachJointStock, type JointGroups } from '../day/joint/joint-stocks.js';
import type { OwnStock } from '../day/joint/stock.js';

/** What accounts must equal of one loan that others fund as well: own shares, and the others'. */
export function jointMeasure(
  measure: SubledgerMeasure,
  { accruing, suspense, refundDue }: Position,
  { own, partnerPrincipal, partnerInterest }: OwnStock,
): number {
  const [normal = 0, overdue = 0, accrued = 0, due = 0, penalty = 0, compound = 0, fee = 0] = own;
  const on = (amount: number) => (accruing ? amount : 0);
  switch (measure) {
    case 'principal_normal':
      return normal;
    case 'principal_overdue':
      return overdue;
    case 'interest_accrued':
      return on(accrued);
    case 'interest_due':
      return on(due);
    case 'penalty':
      return on(penalty);
    case 'compound':
      return on(compound);
    case 'fee':
      return fee;
    case 'suspense':
      return suspense;
    case 'refund_due':
      return refundDue;
    case 'off_balance_interest':
      return accruing ? 0 : accrued + due + penalty + compound;
    case 'partner_principal':
      return partnerPrincipal;
    case 'partner_interest':
      return partnerInterest;
  }
}

export interface JointSums {
  readonly loans: number;
  /** By accounting group. */
  readonly groups: ReadonlyMap<number, ReadonlyMap<string, bigint>>;
}

/** What the joint loans of a day sum to, by group, from their rows. */
export async function jointSums(
  client: pg.Client,
  date: EpochDay,
  joint: JointGroups,
): Promise<JointSums> {
  let loans = 0;
  const sums = new Map<number, Map<SubledgerMeasure, Total>>();
  await eachJointStock(client, date, joint, (position, stock) => {
    loans += 1;
    let group = sums.get(position.groupId);
    if (group === undefined) {
      group = new Map(SUBLEDGER_MEASURES.map((measure) => [measure, new Total()]));
      sums.set(position.groupId, group);
    }
    for (const [measure, sum] of group) sum.add(jointMeasure(measure, position, stock));
  });
  const values = (group: Map<SubledgerMeasure, Total>) =>
    new Map([...group].map(([measure, sum]) => [measure as string, sum.value]));
  return { loans, groups: new Map([...sums].map(([id, group]) => [id, values(group)])) };
}
