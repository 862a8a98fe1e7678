import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { StoredDocument } from '../../book/stored-document.js';
import type { CheckedAssignment } from '../documents/assignment-document.js';
import type { NewPlan } from './assignment-plan.js';
import type { PricedList } from './price-loans.js';

export interface ToKeep {
  readonly stored: StoredDocument;
  readonly plan: NewPlan;
  readonly priced: PricedList;
  readonly by: string;
  readonly checker: string;
}

/** Keeps an assignment that nothing speaks against. Throws what is refused of persons. */
export async function keepAssignment(
  client: pg.Client,
  { document, day }: CheckedAssignment,
  { stored, plan, priced, by, checker }: ToKeep,
): Promise<void> {
  const loans = priced.loans.flatMap(({ hand, price }) =>
    hand === undefined ? [] : [{ ...hand, price: price ?? 0 }],
  );
  const { code, version, kind, buyer } = document;
  await client.query(
    `SELECT keep_assignment($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
       $17, $18, $19)`,
    [
      ...[code, version, kind, formatDay(day), plan.planId, buyer],
      ...[stored.document, stored.sha256, by, checker],
      [...new Set(loans.map(({ groupId }) => groupId))].sort((left, right) => left - right),
      loans.map(({ bucket }) => bucket),
      loans.map(({ loanId }) => loanId),
      loans.map(({ ratePpb }) => ratePpb),
      loans.map(({ accruing }) => accruing),
      loans.flatMap(({ starts }) => starts.out),
      loans.flatMap(({ starts }) => starts.money),
      loans.flatMap(({ soldBalances }) => soldBalances),
      loans.map(({ price }) => price),
    ],
  );
}
