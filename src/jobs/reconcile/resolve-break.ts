import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { shownTotal } from '../../accounting/money/total.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import {
  type Approvable,
  type Grant,
  loginsProve,
  needsApproval,
  noteSecondPerson,
  withApproval,
} from '../approvals/approval.js';
import { writeAudit } from '../approvals/audit.js';
import { isSamePerson } from '../approvals/person-name.js';
import { holdOpenDay } from '../book/open-day.js';
import { addEntries } from '../ledger/entry.js';
import { unknownBreak } from './breaks.js';
import { loadChannel } from './channel.js';
import type { ChannelDocument } from './documents/channel-document.js';
import { entry, sideOf } from './post-statement.js';

/** How a break may end, and what that posts. */
export const RESOLUTIONS = {
  booked: 'an event of a loan books the money: suspense goes back to the clearing account',
  refunded: 'the channel pays the money back: suspense goes back to the clearing account',
  written_off: 'the difference goes to the tail account; a second person checks it',
  reversed: 'an event of ours was reversed, or the partner corrects it: nothing is posted',
  explained: 'both sides are right after all: nothing is posted',
} as const;
export type Resolution = keyof typeof RESOLUTIONS;

interface HeldBreak {
  readonly state: string;
  readonly difference: bigint;
  readonly suspense: bigint;
  /** Null: no statement found the break. */
  readonly code: string | null;
  readonly kind: 'channel' | 'bank';
  readonly statement_state: string;
  readonly order_no: string;
  readonly assignee: string | null;
  /** What was done last: who did what. */
  readonly last: string | null;
}

/** `unchanged`: the very same had been done before. */
export type BreakOutcome = 'done' | 'unchanged';

/** Gives a break to somebody. Throws LoanbookError `unknown_break`, `break_is_resolved` (2). */
export async function assignBreak(
  client: pg.Client,
  id: number,
  { to, by, note }: { to: string; by: string; note: string },
): Promise<BreakOutcome> {
  return inTransaction(client, async () => {
    const held = await loadBreak(client, id);
    const said = `${to}: ${note}`;
    if (held.assignee === to && held.last === lastOf('assign', by, null, said)) return 'unchanged';
    requireOpen(id, held);
    await moveBreak(client, id, { assignee: to });
    await record(client, id, 'assign', by, null, said);
    await writeAudit(client, {
      action: 'break assign',
      subject: id,
      before: { assignee: held.assignee },
      after: { assignee: to },
      by,
    });
    return 'done';
  });
}

export interface ResolveOptions {
  readonly as: string;
  readonly reason: string;
  readonly by: string;
  /** Named by the maker, where logins are shared. */
  readonly checker?: string;
  /** The second person decides now; `by` is who asked. */
  readonly grant?: Grant;
}

/**
 * Ends a break with a reason and posts what it asks for: so many entries. Throws
 * LoanbookError `unknown_break`, `unknown_resolution`, `break_is_resolved`, `reason_missing`,
 * `checker_missing`, `suspense_is_held`, `statement_not_posted`, `no_account_to_write_off` (2), and
 * what is refused of persons. Where a second person is to decide it waits.
 */
export async function resolveBreak(
  client: pg.Client,
  id: number,
  options: ResolveOptions,
): Promise<Approvable<ResolvedBreak>> {
  const { as, reason, by, grant } = options;
  const checker = grant?.by ?? options.checker;
  if (!(as in RESOLUTIONS)) {
    throw refused(id, 'unknown_resolution', 'A break ends in one of the known ways.', {
      asked: as,
      known: Object.keys(RESOLUTIONS).join(', '),
    });
  }
  if (reason.trim() === '') throw refused(id, 'reason_missing', 'A break ends with a reason.', {});
  const resolution = as as Resolution;
  const waits = grant === undefined && (await waitsForSecond(client, id, resolution, checker));
  const isAlone = checker === undefined || isSamePerson(checker, by);
  if (!waits && grant === undefined && resolution === 'written_off' && isAlone) {
    throw refused(id, 'checker_missing', 'A second person checks what is written off.', {
      maker: by,
      checker: checker ?? '',
    });
  }
  return inTransaction(client, async () => {
    const held = await loadBreak(client, id);
    const said = `${resolution}: ${reason}`;
    if (held.last === lastOf('resolve', by, checker ?? null, said) && grant === undefined) {
      return { entries: 0, outcome: 'unchanged' };
    }
    requireOpen(id, held);
    const subject = String(id);
    const payload = { as, reason };
    const against = `${held.state}, ${held.statement_state}, suspense ${held.suspense}`;
    const asked = { act: 'break_resolve', subject, payload, against, by } as const;
    const done = await withApproval<ResolvedBreak>(client, asked, { waits, grant }, async () => {
      const entries = await resolve(client, id, held, { ...options, checker }, resolution);
      await writeAudit(client, {
        action: 'break resolve',
        subject: id,
        reason,
        before: { state: held.state, suspense: shownTotal(held.suspense) },
        after: { state: 'resolved', resolution, entries, checker },
        by,
      });
      return { entries, outcome: 'done' };
    });
    if (!waits && grant === undefined && checker !== undefined) {
      await noteSecondPerson(client, { act: 'break_resolve', subject, payload, by }, checker);
    }
    return done;
  });
}

export interface ResolvedBreak {
  readonly entries: number;
  readonly outcome: BreakOutcome;
}

/** By the policy, or because nobody can be named for somebody else where logins are personal. */
async function waitsForSecond(
  client: pg.Client,
  id: number,
  resolution: Resolution,
  checker: string | undefined,
): Promise<boolean> {
  const byPolicy = await needsApproval(client, 'break_resolve');
  const waits = byPolicy || (resolution === 'written_off' && (await loginsProve(client)));
  if (waits && checker !== undefined) {
    throw refused(id, 'second_person_grants', 'The second person grants it without being named.', {
      checker,
    });
  }
  return waits;
}

/** Posts what the end of a break asks for, so many entries, and marks it. */
async function resolve(
  client: pg.Client,
  id: number,
  held: HeldBreak,
  { reason, by, checker }: ResolveOptions,
  resolution: Resolution,
): Promise<number> {
  const openDay = formatDay((await holdOpenDay(client)).date);
  const { code } = held;
  if (code === null && resolution === 'written_off') {
    throw refused(id, 'no_account_to_write_off', 'No channel says where it is written off.', {});
  }
  if (code !== null && held.statement_state !== 'posted') {
    throw refused(id, 'statement_not_posted', 'Its statement is matched, not posted yet.', {});
  }
  if (held.suspense !== 0n && (resolution === 'reversed' || resolution === 'explained')) {
    throw refused(id, 'suspense_is_held', 'Money of it is in suspense: say where it goes.', {
      suspense: shownTotal(held.suspense),
    });
  }
  const lines =
    code === null ? [] : linesOf(await loadChannel(client, held.kind, code), held, resolution);
  const memo = `对账差异 ${id} ${held.order_no}: ${reason}`;
  const source = resolution === 'written_off' ? 'tolerance' : 'unidentified';
  const made = entry(source, `break/${id}`, memo, by, lines);
  if (made.lines.length > 0) await addEntries(client, [{ ...made, checker }]);
  const end = { state: 'resolved', resolution, reason, resolved_on: openDay, suspense: 0 };
  await moveBreak(client, id, end);
  await record(client, id, 'resolve', by, checker ?? null, `${resolution}: ${reason}`);
  return made.lines.length > 0 ? 1 : 0;
}

/**
 * What is in suspense leaves it: to the clearing account, where the event or the refund meets it,
 * or to the tail account. A short amount stands on the clearing account, and is written off there.
 */
function linesOf(
  channel: ChannelDocument,
  { suspense: held, difference }: HeldBreak,
  resolution: Resolution,
): { account: string; amount: bigint }[] {
  const { clearing, suspense, tail } = channel.accounts;
  const side = BigInt(sideOf(channel));
  if (resolution === 'written_off') {
    const from = held === 0n ? clearing : suspense;
    const amount = held === 0n ? difference : held;
    return [
      { account: from, amount: side * amount },
      { account: tail, amount: -side * amount },
    ];
  }
  return [
    { account: suspense, amount: side * held },
    { account: clearing, amount: -side * held },
  ];
}

/** One line of the history as `loadBreak` gives the last one. */
function lastOf(action: string, by: string, checker: string | null, note: string): string {
  return JSON.stringify([action, by, checker, note]);
}

function requireOpen(id: number, held: HeldBreak): void {
  if (held.state === 'open') return;
  throw refused(id, 'break_is_resolved', 'The break is resolved already.', {});
}

async function loadBreak(client: pg.Client, id: number): Promise<HeldBreak> {
  // Two statements: the second must see what was done while the first waited.
  await client.query('SELECT hold_break($1)', [id]);
  const { rows } = await client.query<HeldBreak>(
    `SELECT b.state, b.difference::numeric AS difference, b.suspense::numeric AS suspense,
       b.order_no, b.assignee, t.code, t.kind, t.state AS statement_state,
       (SELECT json_build_array(action, by_whom, checker, note)::text FROM break_action a
        WHERE a.break_id = b.break_id ORDER BY action_id DESC LIMIT 1) AS last
     FROM recon_break b LEFT JOIN statement t USING (statement_id) WHERE break_id = $1`,
    [id],
  );
  const held = rows[0];
  if (held === undefined) throw unknownBreak(id);
  const last = held.last === null ? null : JSON.stringify(JSON.parse(held.last));
  return { ...held, last };
}

async function record(
  client: pg.Client,
  id: number,
  action: 'assign' | 'resolve',
  by: string,
  checker: string | null,
  note: string,
): Promise<void> {
  await client.query('SELECT act_on_break($1, $2, $3, $4, $5)', [id, action, by, checker, note]);
}

async function moveBreak(
  client: pg.Client,
  id: number,
  facts: Readonly<Record<string, string | number>>,
): Promise<void> {
  const json = JSON.stringify(facts);
  await client.query('SELECT move_breaks(ARRAY[$1::bigint], $2)', [id, json]);
}

function refused(
  id: number,
  code: string,
  message: string,
  evidence: Record<string, string | number>,
): LoanbookError {
  return new LoanbookError(code, message, {
    exitCode: EXIT.usage,
    evidence: { break: id, ...evidence },
    next:
      code === 'second_person_grants'
        ? 'Leave --checker out; the second person says `loanbook approve grant NUMBER`.'
        : `\`loanbook breaks show ${id}\` shows it with its history.`,
  });
}
