import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { refusing } from './acting.js';

/** What may need a second person, with the words for it. */
export const APPROVED_ACTS = {
  voucher: '手工凭证',
  statement_replace: '替换对账单',
  break_resolve: '差异处理',
  ledger: '科目与分录规则变更',
  product: '产品变更',
  policy: '政策变更',
  period_reopen: '反结账',
  party_erase: '客户信息删除',
  file_release: '文件解除隔离',
  night_skip: '跳过作业',
  payment_release: '批扣指令释放',
  funding_assign: '资产转让',
} as const;
export type ApprovedAct = keyof typeof APPROVED_ACTS;

export interface Approval {
  readonly number: number;
  readonly act: ApprovedAct;
  readonly subject: string;
  readonly maker: string;
  readonly makerLogin: string | null;
  readonly askedAt: string;
  readonly status: 'pending' | 'granted' | 'refused';
  readonly checker: string | null;
  readonly checkerLogin: string | null;
  readonly decidedAt: string | null;
  readonly reason: string;
}

export interface ShownApproval extends Approval {
  /** The act as it was asked for. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** The state of the book that it was asked against. */
  readonly against: string;
}

const COLUMNS = `approval_id AS number, act, subject, maker, maker_login AS "makerLogin",
  to_char(asked_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "askedAt", status, checker,
  checker_login AS "checkerLogin", to_char(decided_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    AS "decidedAt", reason`;

/** Approvals in order; those that wait, or all. */
export async function listApprovals(client: pg.Client, isAll: boolean): Promise<Approval[]> {
  const { rows } = await client.query<Approval>(
    `SELECT ${COLUMNS} FROM approval WHERE $1 OR status = 'pending' ORDER BY approval_id`,
    [isAll],
  );
  return rows;
}

/** Throws LoanbookError `unknown_approval` (2). */
export async function showApproval(client: pg.Client, number: number): Promise<ShownApproval> {
  const { rows } = await client.query<ShownApproval>(
    `SELECT ${COLUMNS}, payload, against FROM approval WHERE approval_id = $1`,
    [number],
  );
  if (rows[0] !== undefined) return rows[0];
  throw new LoanbookError('unknown_approval', 'There is no such approval.', {
    exitCode: EXIT.usage,
    evidence: { approval: number },
    next: '`loanbook approve list --all` shows all of them.',
  });
}

/** An act as it is asked for, or as it is done because it was granted. */
export interface Asked {
  readonly act: ApprovedAct;
  readonly subject: string;
  readonly payload: object;
  /** The state that the act changes: another one at its grant refuses it. */
  readonly against: string;
  readonly by: string;
}

/** Who grants which approval, so that its act is done now. */
export interface Grant {
  readonly number: number;
  readonly by: string;
}

/** What an act that waits gives back beside what it would have done. */
export interface Waiting {
  readonly status: 'pending';
  readonly outcome: 'pending';
  /** Its number. */
  readonly approval: number;
}

/** Whoever asks for a second person is known. */
export function personMissing(): LoanbookError {
  return new LoanbookError('person_missing', 'It must be known who does this.', {
    exitCode: EXIT.usage,
    evidence: { option: '--by' },
    next: 'Name a person with --by.',
  });
}

/** Whether the policy in force wants a second person for the act. */
export async function needsApproval(client: pg.Client, act: ApprovedAct): Promise<boolean> {
  const { rows } = await client.query<{ mode: string }>('SELECT approval_mode($1) AS mode', [act]);
  return rows[0]!.mode === 'two_persons';
}

/** Whether who acts is who is logged in: nobody can be named for somebody else then. */
export async function loginsProve(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ proves: boolean }>('SELECT logins_prove() AS proves');
  return rows[0]!.proves;
}

/** What an act gives back that may have to wait. */
export type Approvable<T extends { readonly outcome: string }> = Omit<T, 'outcome'> & {
  readonly outcome: T['outcome'] | Waiting['outcome'];
} & Partial<Omit<Waiting, 'outcome'>>;

/**
 * Does an act, inside of a transaction, or has it wait: then it is done to see that it can be, and
 * undone. A granted one is done with today's checks, against the state that it was asked against.
 * Throws LoanbookError `approval_outdated`, `approval_decided`, `approval_waits` (2), what is
 * refused of persons, and what the act throws.
 */
export async function withApproval<T extends { readonly outcome: string }>(
  client: pg.Client,
  asked: Asked,
  { waits, grant }: { readonly waits: boolean; readonly grant: Grant | undefined },
  act: () => Promise<T>,
): Promise<Approvable<T>> {
  if (grant !== undefined) {
    await beginGrant(client, grant, asked);
    const done = await act();
    await decide(client, grant, 'granted', '');
    return done;
  }
  if (!waits) return act();
  await client.query('SAVEPOINT asked');
  const done = await act();
  if (done.outcome === 'unchanged') return done;
  await client.query('ROLLBACK TO SAVEPOINT asked');
  const approval = await ask(client, asked);
  return { ...done, outcome: 'pending', status: 'pending', approval };
}

async function ask(client: pg.Client, asked: Asked): Promise<number> {
  const { act, subject, payload, against, by } = asked;
  if (by === '') throw personMissing();
  return refusing(async () => {
    const { rows } = await client.query<{ number: number }>(
      'SELECT ask_approval($1, $2, $3, $4, $5) AS number',
      [act, subject, JSON.stringify(payload), against, by],
    );
    return rows[0]!.number;
  });
}

/** Holds the approval until the transaction ends. */
async function beginGrant(client: pg.Client, { number, by }: Grant, asked: Asked): Promise<void> {
  const { rows } = await refusing(() =>
    client.query<{
      status: string;
      against: string;
      checker: string | null;
      maker: string;
      isSame: boolean;
    }>(
      `SELECT status, against, checker, maker, payload = $3::jsonb AS "isSame"
       FROM take_approval($1, $2)`,
      [number, by, JSON.stringify(asked.payload)],
    ),
  );
  const { status, against, checker, maker, isSame } = rows[0]!;
  if (status !== 'pending') {
    throw new LoanbookError('approval_decided', 'It is decided already.', {
      exitCode: EXIT.usage,
      evidence: { approval: number, status, by: checker },
      next: '`loanbook approve list --all` shows who decided it.',
    });
  }
  if (against === asked.against && isSame) return;
  throw new LoanbookError('approval_outdated', 'What it was asked against has changed since.', {
    exitCode: EXIT.usage,
    evidence: {
      approval: number,
      subject: asked.subject,
      maker,
      ...(isSame ? {} : { changed: 'what was asked for, such as the content of its file' }),
      askedAgainst: against || 'nothing',
      now: asked.against || 'nothing',
    },
    next: `\`loanbook approve refuse ${number}\`, then let ${maker} ask again.`,
  });
}

async function decide(
  client: pg.Client,
  { number, by }: Grant,
  decision: 'granted' | 'refused',
  reason: string,
): Promise<void> {
  await refusing(() =>
    client.query('SELECT decide_approval($1, $2, $3, $4)', [number, decision, by, reason]),
  );
}

/** Decides the approval that stands for a subject, such as a voucher that is decided elsewhere. */
export async function decideSubject(
  client: pg.Client,
  { act, subject }: Pick<Asked, 'act' | 'subject'>,
  decision: 'granted' | 'refused',
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  const { rows } = await client.query<{ number: number }>(
    `SELECT approval_id AS number FROM approval
     WHERE act = $1 AND subject = $2 AND status = 'pending'`,
    [act, subject],
  );
  for (const { number } of rows) await decide(client, { number, by }, decision, reason);
}

/** Keeps that a second person was named in the same command, where logins are shared. */
export async function noteSecondPerson(
  client: pg.Client,
  asked: Omit<Asked, 'against'>,
  checker: string,
): Promise<void> {
  const { act, subject, payload, by } = asked;
  await refusing(() =>
    client.query('SELECT note_approval($1, $2, $3, $4, $5)', [
      act,
      subject,
      JSON.stringify(payload),
      by,
      checker,
    ]),
  );
}

/** Refuses what waits, with a reason; its act is not done. Throws as a grant does. */
export async function refuseApproval(
  client: pg.Client,
  { number, by, reason }: Grant & { readonly reason: string },
): Promise<void> {
  const why = requireReason(reason);
  await inTransaction(client, () => decide(client, { number, by }, 'refused', why));
}

function requireReason(reason: string): string {
  if (reason.trim() !== '') return reason.trim();
  throw new LoanbookError('reason_missing', 'A refusal needs a reason.', {
    exitCode: EXIT.usage,
    next: 'Say why with --reason.',
  });
}
