import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Account } from '../book/book.js';
import { loadAccounts } from '../book/load-book.js';

/** The account of a code. Throws LoanbookError `unknown_account` (2). */
export async function findAccount(client: pg.Client, code: string): Promise<Account> {
  const accounts = await loadAccounts(client);
  const found = accounts.find((account) => account.code === code);
  if (found !== undefined) return found;
  const near = accounts.filter((account) => account.code.startsWith(code.slice(0, 4)));
  throw new LoanbookError('unknown_account', 'The chart of accounts has no such account.', {
    exitCode: EXIT.usage,
    evidence: { account: code, near: near.map((account) => account.code).join(', ') || 'none' },
    next: '`loanbook gl trial-balance` lists every account.',
  });
}
