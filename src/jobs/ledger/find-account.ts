import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';

export interface Account {
  readonly accountId: number;
  readonly code: string;
  readonly name: string;
  readonly nameZh: string;
  readonly class: string;
  readonly normalSide: 'debit' | 'credit';
  /** The measure of the positions that it equals; null: it has no sub-ledger. */
  readonly subledger: string | null;
}

/** Every account, by code. */
export async function listAccounts(client: pg.Client): Promise<Account[]> {
  const { rows } = await client.query<Account>(
    `SELECT account_id AS "accountId", code, name, name_zh AS "nameZh", class,
       normal_side AS "normalSide", subledger FROM account ORDER BY code`,
  );
  return rows;
}

/** The account of a code. Throws LoanbookError `unknown_account` (2). */
export async function findAccount(client: pg.Client, code: string): Promise<Account> {
  const accounts = await listAccounts(client);
  const found = accounts.find((account) => account.code === code);
  if (found !== undefined) return found;
  const near = accounts.filter((account) => account.code.startsWith(code.slice(0, 4)));
  throw new LoanbookError('unknown_account', 'The chart of accounts has no such account.', {
    exitCode: EXIT.usage,
    evidence: { account: code, near: near.map((account) => account.code).join(', ') || 'none' },
    next: '`loanbook gl trial-balance` lists every account.',
  });
}
