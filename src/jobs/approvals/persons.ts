import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import { refusing, type Said } from './acting.js';
import { personKey } from './person-name.js';

export const ROLES = {
  operator: '运营',
  finance: '财务',
  risk: '风控',
  auditor: '审计',
  administrator: '管理员',
} as const;
export type Role = keyof typeof ROLES;

export type Logins = 'shared' | 'personal';

export interface Person {
  readonly name: string;
  /** None: known from what was made or checked before, and may do nothing. */
  readonly roles: readonly Role[];
  readonly login: string | null;
  readonly status: 'enabled' | 'disabled' | 'known from before';
  readonly addedAt: string;
  readonly addedBy: string;
  readonly disabledAt: string | null;
  readonly disabledBy: string | null;
}

/** A maker and a checker that are one person by name. */
export interface UnprovenPair {
  readonly what: string;
  readonly subject: string;
  readonly maker: string;
  readonly checker: string;
}

export interface Persons {
  readonly logins: Logins;
  /** No person is registered: any name is taken as it is. */
  readonly inUse: boolean;
  readonly persons: readonly Person[];
  readonly unproven: readonly UnprovenPair[];
}

/** Who is registered and, once persons are in use, who made or checked something before. */
export async function listPersons(client: pg.Client): Promise<Persons> {
  const { rows: state } = await client.query<{ logins: Logins | null; inUse: boolean }>(
    `SELECT (SELECT logins FROM book) AS logins, persons_in_use() AS "inUse"`,
  );
  const { logins, inUse } = state[0]!;
  const { rows: persons } = await client.query<Person>(
    `SELECT name, roles, login, CASE WHEN disabled_at IS NOT NULL THEN 'disabled'
         WHEN roles = '{}' THEN 'known from before' ELSE 'enabled' END AS status,
       to_char(added_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "addedAt", added_by AS "addedBy",
       to_char(disabled_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "disabledAt",
       disabled_by AS "disabledBy"
     FROM person WHERE persons_in_use() ORDER BY roles = '{}', person_id`,
  );
  return { logins: logins ?? 'shared', inUse, persons, unproven: await unprovenPairs(client) };
}

export async function unprovenPairs(client: pg.Client): Promise<UnprovenPair[]> {
  return (await client.query<UnprovenPair>('SELECT * FROM unproven_pairs()')).rows;
}

const NAME_CHARS_MAX = 200;

/** One line of text with a letter in it; blanks collapsed. Throws `person_name_wrong` (2). */
function personName(text: string): string {
  const name = text.replace(/\s+/gu, ' ').trim();
  const isWrong = /\p{Cc}|\p{Cf}|\ufffd/u.test(name) || name.length > NAME_CHARS_MAX;
  if (personKey(name) !== '' && !isWrong) return name;
  throw new LoanbookError('person_name_wrong', 'That is no name of a person.', {
    exitCode: EXIT.usage,
    evidence: { name },
    next: `Give a name of at most ${NAME_CHARS_MAX} visible characters.`,
  });
}

/** Throws LoanbookError `unknown_role` (2). */
function rolesOf(names: readonly string[]): Role[] {
  const known = Object.keys(ROLES);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return [...new Set(names as Role[])].sort();
  throw new LoanbookError('unknown_role', 'There is no such role.', {
    exitCode: EXIT.usage,
    evidence: { role: wrong, known: known.join(', ') },
    next: 'Name roles with --role, each by itself.',
  });
}

export interface NewPerson extends Said {
  readonly name: string;
  readonly roles: readonly string[];
  readonly login?: string;
}

export interface AddedPerson {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly login: string | null;
  readonly outcome: 'added' | 'changed' | 'unchanged';
}

/**
 * Adds a person, or gives a known one these roles and this login, and enables it again. The first
 * one becomes an administrator too. Throws LoanbookError `person_name_wrong`, `unknown_role`,
 * `role_missing`, `last_administrator`, `login_unknown`, `login_missing`, `login_taken` (2) and
 * what `actAs` throws.
 */
export async function addPerson(client: pg.Client, person: NewPerson): Promise<AddedPerson> {
  const name = personName(person.name);
  const roles = rolesOf(person.roles);
  const { rows: state } = await client.query<{ inUse: boolean }>(
    'SELECT persons_in_use() AS "inUse"',
  );
  if (roles.length === 0 && state[0]!.inUse) {
    throw new LoanbookError('no_role', 'A person has a role.', {
      exitCode: EXIT.usage,
      evidence: { name, known: Object.keys(ROLES).join(', ') },
      next: 'Name one or more with --role.',
    });
  }
  return refusing(async () => {
    const { rows } = await client.query<{ outcome: AddedPerson['outcome'] }>(
      `SELECT add_person($1, $2, $3,
         coalesce($4, CASE WHEN NOT logins_prove() THEN $5 END, '')) AS outcome`,
      [name, roles, person.login ?? null, person.by ?? null, person.machineLogin],
    );
    const { rows: made } = await client.query<Omit<AddedPerson, 'outcome'>>(
      'SELECT name, roles, login FROM person WHERE name_key = person_key($1)',
      [name],
    );
    return { ...made[0]!, outcome: rows[0]!.outcome };
  });
}

export async function disablePerson(
  client: pg.Client,
  { name, by }: { readonly name: string; readonly by: string },
): Promise<'disabled' | 'unchanged'> {
  return refusing(async () => {
    const { rows } = await client.query<{ outcome: 'disabled' | 'unchanged' }>(
      'SELECT disable_person($1, $2) AS outcome',
      [name, by],
    );
    return rows[0]!.outcome;
  });
}

/** Throws LoanbookError `unknown_logins` (2) and what the database refuses. */
export function requireLogins(text: string): Logins {
  if (text === 'shared' || text === 'personal') return text;
  throw new LoanbookError('unknown_logins', 'Logins are shared or personal.', {
    exitCode: EXIT.usage,
    evidence: { logins: text },
    next: 'Name one of both.',
  });
}

export async function setLogins(
  client: pg.Client,
  { logins, by }: { readonly logins: Logins; readonly by: string },
): Promise<'changed' | 'unchanged'> {
  return refusing(async () => {
    const { rows } = await client.query<{ outcome: 'changed' | 'unchanged' }>(
      'SELECT set_logins($1, $2) AS outcome',
      [logins, by],
    );
    return rows[0]!.outcome;
  });
}
