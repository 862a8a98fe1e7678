import { lchownSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LoanbookError } from '../../errors.js';

/** An operating-system user: PostgreSQL refuses to run as root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Tried in this order; no user is ever created. */
const SERVER_USERS = ['postgres', 'nobody'] as const;

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Who runs the server: undefined (the current user) unless it is root. Existing data keep their
 * owner, so a book made by an ordinary user also works under sudo. Throws LoanbookError
 * `embedded_no_account`.
 */
export function serverAccount(dataFolder: string | undefined): Account | undefined {
  if (!isRoot()) return undefined;
  const owner = dataFolder && statSync(dataFolder, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { name: `${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const users = readUsers();
  for (const name of SERVER_USERS) {
    const user = users.get(name);
    if (user !== undefined) return user;
  }
  throw new LoanbookError('embedded_no_account', 'PostgreSQL does not run as root.', {
    evidence: { tried: SERVER_USERS.join(', ') },
    next: 'Run as an ordinary user, or set DATABASE_URL to a server that runs already.',
  });
}

function readUsers(): ReadonlyMap<string, Account> {
  const users = new Map<string, Account>();
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && uid && gid) users.set(name, { name, uid: Number(uid) >>> 0, gid: Number(gid) });
  }
  return users;
}

/** Whether the account may enter every folder above `path` (mode bits, no ACLs). */
export function canReach(account: Account | undefined, path: string): boolean {
  if (account === undefined) return true;
  let at = dirname(realpathSync(path));
  for (;;) {
    if (!allows(account, statSync(at), 0o1)) return false;
    const parent = dirname(at);
    if (parent === at) return true;
    at = parent;
  }
}

/** Whether the account has these permissions (4 read, 2 write, 1 execute or enter) on the path. */
export function canUse(account: Account | undefined, path: string, permission: number): boolean {
  if (account === undefined) return true;
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && allows(account, stat, permission) && canReach(account, path);
}

function allows(account: Account, stat: Stats, permission: number): boolean {
  const shift = stat.uid === account.uid ? 6 : stat.gid === account.gid ? 3 : 0;
  return ((stat.mode >> shift) & permission) === permission;
}

/** Makes a folder and all that is in it the account's own. */
export function giveTo(account: Account | undefined, folder: string): void {
  if (account === undefined) return;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of ['', ...names]) lchownSync(join(folder, name), account.uid, account.gid);
}
