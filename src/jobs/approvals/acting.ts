import type pg from 'pg';
import { sqlStateOf } from '../../db/connect.js';
import { type Evidence, EXIT, LoanbookError } from '../../errors.js';
import type { ApprovedAct } from './approval.js';

/** What somebody does to a book; which roles may is said once, by `act_roles` of the database. */
export type Act =
  | 'person'
  | 'logins'
  | 'keys'
  | 'party_reveal'
  | 'erasures_replay'
  | 'import'
  | 'import_cancel'
  | 'files'
  | 'payment'
  | 'eod_run'
  | 'eod_discard'
  | 'plan'
  | 'night'
  | 'calendar'
  | 'channel'
  | 'partner'
  | 'impairment'
  | 'impairment_run'
  | 'settlement'
  | 'funding_route'
  | 'statement'
  | 'break_assign'
  | 'period_close'
  | ApprovedAct
  | `${ApprovedAct}_check`;

/** Who is said to act: by an option, else by the login at this machine. */
export interface Said {
  readonly by: string | undefined;
  readonly machineLogin: string;
}

/**
 * The canonical name of who acts, kept with the session for the audit. The login at this machine
 * counts where logins of the database prove nothing. Empty where no person is registered and none
 * is named. Throws LoanbookError `person_unknown`, `person_disabled`, `role_missing`, `by_differs`.
 */
export async function actAs(client: pg.Client, said: Said, act: Act): Promise<string> {
  return refusing(async () => {
    const { rows } = await client.query<{ person: string }>(
      `SELECT set_config('loanbook.by',
         acting_person(coalesce($1, CASE WHEN NOT logins_prove() THEN $2 END), $3), false)
         AS person`,
      [said.by ?? null, said.machineLogin, act],
    );
    return rows[0]!.person;
  });
}

/** By SQLSTATE: what functions of persons and approvals refuse, with the next step. */
const REFUSALS: Readonly<Record<string, readonly [code: string, message: string, next: string]>> = {
  LB020: [
    'person_unknown',
    'No such person is registered.',
    'Name a person of `loanbook person list` with --by; an administrator adds one by `person add`.',
  ],
  LB021: [
    'person_disabled',
    'The person is disabled.',
    'Let another person do it; `loanbook person add` enables one again.',
  ],
  LB022: [
    'role_missing',
    'The person has no role for this.',
    'Let a person with the role do it; `loanbook person add` gives one.',
  ],
  LB023: [
    'by_differs',
    'Logins are personal, and another person is logged in.',
    'Leave the name out, or log in as that person; a second person decides by `approve grant`.',
  ],
  LB024: [
    'same_person',
    'A second person decides this.',
    'Let another person, with a login of their own, decide it.',
  ],
  LB025: [
    'last_administrator',
    'The last administrator stays.',
    'Make another person an administrator first.',
  ],
  LB026: [
    'login_unknown',
    'The database server has no such login.',
    'Make it first: CREATE ROLE name LOGIN; GRANT loanbook_batch TO name.',
  ],
  LB027: ['login_missing', 'Logins are personal.', 'Name the login of the person with --login.'],
  LB028: ['login_taken', 'The login belongs to another person.', 'Give each person a login.'],
  LB030: [
    'keys_there',
    'The book has master keys already.',
    'Name them with LOANBOOK_KEYS; `loanbook keys list` shows which they are.',
  ],
  LB031: [
    'other_rotation',
    'Another process is putting the keys under another one.',
    'Let it end; `loanbook keys list` shows how far it is.',
  ],
  LB032: [
    'unknown_key',
    'The book has no such master key.',
    '`loanbook keys list` shows which it has; the key of look-ups stays.',
  ],
  LB033: [
    'key_is_newest',
    'What is new is sealed with this key.',
    '`loanbook keys rotate` makes another one first.',
  ],
  LB034: [
    'key_in_use',
    'Parties have their key under this master key.',
    '`loanbook keys rotate` puts them under the newest one; then retire it.',
  ],
  LB035: [
    'other_approval',
    'The approval is not of this.',
    '`loanbook approve list --all` shows all of them.',
  ],
  LB040: [
    'unknown_approval',
    'There is no such approval.',
    '`loanbook approve list --all` shows all of them.',
  ],
  LB041: [
    'approval_waits',
    'Something else is waiting for the same already.',
    '`loanbook approve list` shows it: grant or refuse it first.',
  ],
  LB042: [
    'approval_decided',
    'It is decided already.',
    '`loanbook approve list --all` shows who decided it.',
  ],
};

/** Runs `fn`; what the database refuses of persons comes as a LoanbookError (2). */
export async function refusing<T>(fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    const refusal = REFUSALS[sqlStateOf(error) ?? ''];
    if (refusal === undefined || error instanceof LoanbookError) throw error;
    const [code, message, next] = refusal;
    const evidence = evidenceOf(error);
    const isLogin = code === 'same_person' && evidence.login !== undefined;
    throw new LoanbookError(isLogin ? 'same_login' : code, message, {
      exitCode: EXIT.usage,
      evidence,
      next,
      cause: error,
    });
  }
}

/** The functions of persons say it as JSON in DETAIL; what says none has its message. */
function evidenceOf(error: unknown): Evidence {
  const detail = error instanceof Error && 'detail' in error ? String(error.detail ?? '') : '';
  if (detail.startsWith('{')) return JSON.parse(detail) as Evidence;
  return { reason: error instanceof Error ? error.message : String(error) };
}
