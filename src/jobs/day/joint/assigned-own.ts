import type pg from 'pg';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { loadAssignedPlans } from '../../book/assigned-plans.js';
import { loadGroups } from '../../book/load-book.js';
import { loadAssigned } from './assigned-loans.js';
import { JointLoans } from './joint-loans.js';
import { eachStanding } from './standing-loans.js';
import { blankStock, stockOf } from './stock.js';

/**
 * What loans that were assigned to another plan add to the lender's own principal under it at the
 * close of a day, by plan_id, and take from that under the plan of their group; null: no plan.
 */
export async function ownOfAssigned(
  client: pg.Client,
  date: EpochDay,
): Promise<Map<number | null, Fen>> {
  const moved = new Map<number | null, Fen>();
  const assigned = await loadAssignedPlans(client);
  if (assigned.groups.length === 0) return moved;
  const groups = new Map(await loadGroups(client));
  const known = await loadAssigned(client, { assigned });
  const joint = new JointLoans({ groups, assigned }, known);
  const stock = blankStock();
  const add = (planId: number | null, own: Fen) =>
    moved.set(planId, (moved.get(planId) ?? 0) + own);
  await eachStanding(client, date, known.idsOn(date), (position, totals) => {
    const { shares, assignment } = joint.on(position, date)!;
    stockOf(shares, position, totals, stock);
    const own = stock.own[0]! + stock.own[1]!;
    add(assignment!.planId, own);
    add(groups.get(position.groupId)?.plan?.planId ?? null, 0 - own);
  });
  return moved;
}
