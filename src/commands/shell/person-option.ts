import { userInfo } from 'node:os';
import type pg from 'pg';
import type { ConnectOptions } from '../../db/connect.js';
import { type Act, actAs } from '../../jobs/approvals/acting.js';
import { personMissing } from '../../jobs/approvals/approval.js';
import { inBook } from './book-session.js';
import type { CommandContext } from './context.js';

/** Whoever does what a command does. */
export interface Actor {
  /** `--by`; left out, it is the login at this machine, or the personal one of the database. */
  readonly by: string | undefined;
  readonly act: Act;
  /** The act is kept with a name, so there must be one although no person is registered. */
  readonly isNamed?: boolean;
}

/**
 * Who acts, by the canonical name: kept with the session for the audit. Throws LoanbookError
 * `person_missing` (2) without a name and what `actAs` throws.
 */
export async function actingIn(
  client: pg.Client,
  { by, act, isNamed = true }: Actor,
): Promise<string> {
  if (by !== undefined && by.trim() === '') throw personMissing();
  const person = await actAs(client, { by, machineLogin: machineLogin() }, act);
  if (person === '' && isNamed) throw personMissing();
  return person;
}

/** Runs `fn` as `inBook` does, for who may do the act. */
export async function actInBook<T>(
  context: CommandContext,
  actor: Actor,
  fn: (client: pg.Client, person: string) => Promise<T>,
  session: ConnectOptions = {},
): Promise<T> {
  return inBook(context, async (client) => fn(client, await actingIn(client, actor)), session);
}

/** Empty where the system has no name for the login, as in a container of any user. */
export function machineLogin(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** Says how an act that waits goes on. */
export function noteWaiting(context: CommandContext, ...numbers: (number | undefined)[]): void {
  for (const number of numbers) {
    if (number === undefined) continue;
    context.note(`It waits for a second person: \`loanbook approve grant ${number}\`.`);
  }
}
