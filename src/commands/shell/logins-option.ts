import { externalTarget } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Logins } from '../../jobs/approvals/persons.js';
import type { Host } from './context.js';

/**
 * The embedded server has one login, whoever uses it. Throws LoanbookError `logins_embedded` (2)
 * for personal ones there.
 */
export function requireLoginsFor(logins: Logins, env: Host['env']): void {
  if (logins === 'shared' || externalTarget(env) !== undefined) return;
  throw new LoanbookError('logins_embedded', 'The embedded server has one login for everybody.', {
    exitCode: EXIT.usage,
    evidence: { logins },
    next: 'Keep the book on a server of its own, named by DATABASE_URL or the PG* variables.',
  });
}
