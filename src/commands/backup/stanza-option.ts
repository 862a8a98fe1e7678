import { externalTarget } from '../../db/resolve-target.js';
import type { DatabaseTarget } from '../../db/target.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Stanza } from '../../jobs/backup/pgbackrest/program.js';
import type { CommandContext } from '../shell/context.js';

const STANZA_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * The server that the environment names, and the stanza by which pgBackRest knows it: an option,
 * else LOANBOOK_STANZA. Undefined for the embedded server, which loanbook copies itself. Throws
 * LoanbookError `stanza_missing`, `stanza_without_server`, `malformed_stanza` (2).
 */
export function stanzaOf(
  { env, signal }: Pick<CommandContext, 'env' | 'signal'>,
  asked: string | undefined,
): { readonly target: DatabaseTarget; readonly stanza: Stanza } | undefined {
  const target = externalTarget(env);
  if (target === undefined) {
    if (asked !== undefined) throw withoutServer(asked);
    return undefined;
  }
  const name = asked || env.LOANBOOK_STANZA;
  if (!name) throw stanzaMissing(target);
  if (!STANZA_NAME.test(name)) throw malformed(name);
  const command = env.LOANBOOK_PGBACKREST?.trim();
  return { target, stanza: { name, env, signal, ...(command ? { command } : {}) } };
}

function stanzaMissing({ host, port }: DatabaseTarget): LoanbookError {
  return new LoanbookError('stanza_missing', 'No stanza of pgBackRest is named.', {
    exitCode: EXIT.usage,
    evidence: { host, port },
    next: 'Name its stanza by --stanza or LOANBOOK_STANZA; docs/backup.md has how it is set up.',
  });
}

function withoutServer(stanza: string): LoanbookError {
  return new LoanbookError('stanza_without_server', 'The embedded server has no stanza.', {
    exitCode: EXIT.usage,
    evidence: { stanza },
    next: 'Leave --stanza away, or name the server by DATABASE_URL.',
  });
}

function malformed(stanza: string): LoanbookError {
  return new LoanbookError('malformed_stanza', 'This is no name of a stanza.', {
    exitCode: EXIT.usage,
    evidence: { option: '--stanza', value: stanza },
    next: 'Letters, digits, dots, lines and underscores: as it stands in the file of pgBackRest.',
  });
}
