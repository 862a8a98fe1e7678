import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { released, type Standing } from '../../funding/deduct/order-state.js';
import {
  type Approvable,
  type Grant,
  loginsProve,
  noteSecondPerson,
  withApproval,
} from '../approvals/approval.js';
import { writeAudit } from '../approvals/audit.js';
import { isSamePerson } from '../approvals/person-name.js';
import { AnswerLog } from './answer-log.js';
import { holdOrders } from './hold-orders.js';

export interface ReleaseOptions {
  readonly reason: string;
  readonly by: string;
  /** Named by the maker, where logins are shared. */
  readonly checker?: string | undefined;
  /** The second person decides now; `by` is who asked. */
  readonly grant?: Grant;
}

export interface ReleasedOrder {
  readonly order: string;
  readonly loanNo: string;
  readonly before: string;
  readonly outcome: 'released';
}

/**
 * Ends an order in flight as failed, by two persons: the channel is known to have taken nothing.
 * Should it have, its success is a late one. Throws LoanbookError `unknown_order`, `not_in_flight`,
 * `same_person`, `second_person_grants`, `reason_missing` (2), and what is refused of persons.
 */
export async function releaseOrder(
  client: pg.Client,
  orderNo: string,
  { reason, by, checker, grant }: ReleaseOptions,
): Promise<Approvable<ReleasedOrder>> {
  if (reason.trim() === '') {
    throw refused('reason_missing', 'An order is released with a reason.', { order: orderNo });
  }
  const named = checker !== undefined;
  if (grant === undefined && named && (await loginsProve(client))) {
    throw refused('second_person_grants', 'With personal logins nobody names the second person.', {
      checker: checker ?? '',
    });
  }
  return inTransaction(client, async () => {
    const day = await holdOrders(client, 'payment release');
    const order = await orderOf(client, orderNo);
    const second = grant?.by ?? checker;
    const by2 = second !== undefined && isSamePerson(second, by) ? by : (second ?? `not ${by}`);
    const effect = released(order, by, by2);
    if (typeof effect === 'string') {
      const evidence = { order: orderNo, state: order.state, maker: by, checker: second ?? '' };
      throw refused(effect, SAYS[effect] ?? 'The order cannot be released.', evidence);
    }
    const payload = { order: orderNo, reason };
    const asked = { act: 'payment_release', subject: orderNo, payload, by } as const;
    const waits = grant === undefined && !named;
    const against = order.state;
    const done = await withApproval<ReleasedOrder>(
      client,
      { ...asked, against },
      { waits, grant },
      async () => {
        const log = new AnswerLog(client);
        await log.change(new Map([[orderNo, effect.after]]));
        await log.keep([
          {
            ...{ fileId: null, orderNo, said: 'released', amount: order.amount, class: 'other' },
            ...{ isChanged: true, posted: 0, break: null, valueDate: day, businessDate: day },
            ...{ by, checker: second ?? null },
          },
        ]);
        await writeAudit(client, {
          action: 'payment release',
          subject: orderNo,
          reason,
          before: { state: order.state },
          after: { state: 'failed', checker: second },
          by,
        });
        return { order: orderNo, loanNo: order.loanNo, before: order.state, outcome: 'released' };
      },
    );
    if (grant === undefined && checker !== undefined) {
      await noteSecondPerson(client, asked, checker);
    }
    return done;
  });
}

const SAYS: Readonly<Record<string, string>> = {
  same_person: 'An order is released by two persons.',
  not_in_flight: 'The order is not in flight.',
};

async function orderOf(
  client: pg.Client,
  orderNo: string,
): Promise<Standing & { readonly loanNo: string }> {
  const { rows } = await client.query<Standing & { loanNo: string }>(
    readSql(import.meta.url, 'order-at'),
    [orderNo],
  );
  if (rows[0] !== undefined) return rows[0];
  throw refused('unknown_order', 'There is no such order.', { order: orderNo });
}

function refused(code: string, message: string, evidence: Record<string, string>): LoanbookError {
  return new LoanbookError(code, message, {
    exitCode: EXIT.usage,
    evidence,
    next: '`loanbook payment query` shows orders in flight; another person checks.',
  });
}
