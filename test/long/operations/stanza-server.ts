import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { withClient } from '../../../src/db/connect.js';
import { isRoot, serverAccount } from '../../../src/db/embedded/embedded-account.js';
import type { DatabaseTarget } from '../../../src/db/target.js';

/** Debian's server, with pgBackRest beside it. */
const PROGRAMS = '/usr/lib/postgresql/15/bin';
const PGBACKREST = '/usr/bin/pgbackrest';
const STANZA = 'book';
const USER = 'loanbook_ci';

/** Whether both are installed; says so where they are not. */
export function hasStanzaServer(): boolean {
  const isThere = existsSync(join(PROGRAMS, 'pg_ctl')) && existsSync(PGBACKREST);
  if (!isThere) {
    console.warn(`skipped: no PostgreSQL 15 in ${PROGRAMS}, or no ${PGBACKREST} (apt-get install)`);
  }
  return isThere;
}

/** A server of its own that pgBackRest backs up, and servers that are restored from it. */
export class StanzaServer {
  readonly root = mkdtempSync(join(tmpdir(), 'loanbook-pgbackrest-'));
  readonly target: DatabaseTarget;
  /** What pgBackRest is found by; the server is not named in it. */
  readonly env: Readonly<Record<string, string>>;
  readonly #account = isRoot() ? serverAccount(undefined) : undefined;
  readonly #running: string[] = [];
  readonly #config = join(this.root, 'pgbackrest.conf');

  constructor() {
    chmodSync(this.root, 0o755);
    this.env = {
      LOANBOOK_STANZA: STANZA,
      PGBACKREST_CONFIG: this.#config,
      LOANBOOK_BACKUPS: join(this.root, 'proofs'),
    };
    const [data, socket] = [this.#folder('data'), this.#folder('socket')];
    this.#configure(data, socket);
    this.#must(`${PROGRAMS}/initdb`, '-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8');
    const archive = `${PGBACKREST} --config=${this.#config} --stanza=${STANZA} archive-push %p`;
    const settings = [
      ...["listen_addresses = ''", `unix_socket_directories = '${socket}'`],
      ...['archive_mode = on', `archive_command = '${archive}'`, 'max_connections = 200'],
    ];
    writeFileSync(join(data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
    this.target = this.#start(data, socket);
    this.#pgBackRest('stanza-create');
  }

  /** Restores for good as the page says, into a folder of another server, and starts that. */
  async restored(name: string, ...options: readonly string[]): Promise<DatabaseTarget> {
    const [data, socket] = [this.#folder(name), this.#folder(`${name}-socket`)];
    // The first server goes on: what this one writes must not get into its archive.
    const own = [`--pg1-path=${data}`, '--archive-mode=off', '--target-action=promote'];
    this.#pgBackRest(...own, ...options, 'restore');
    const target = this.#start(data, socket);
    // It can be read before all is played up to the target.
    while (await isInRecovery(target)) await sleep(100);
    return target;
  }

  remove(): void {
    for (const data of this.#running) {
      this.#run(`${PROGRAMS}/pg_ctl`, '-D', data, '-m', 'immediate', '-w', 'stop');
    }
    rmSync(this.root, { recursive: true, force: true });
  }

  #configure(data: string, socket: string): void {
    const text = [
      '[global]',
      `repo1-path=${this.#folder('repo')}`,
      `log-path=${this.#folder('log')}`,
      `lock-path=${this.#folder('lock')}`,
      ...['repo1-retention-full=2', 'start-fast=y', ''],
      `[${STANZA}]`,
      ...[`pg1-path=${data}`, `pg1-socket-path=${socket}`, `pg1-user=${USER}`, ''],
    ];
    writeFileSync(this.#config, text.join('\n'));
  }

  #start(data: string, socket: string): DatabaseTarget {
    const log = join(socket, 'log');
    const words = ['-D', data, '-l', log, '-o', `-k ${socket}`, '-w', 'start'];
    this.#running.push(data);
    this.#must(`${PROGRAMS}/pg_ctl`, ...words);
    return { host: socket, port: 5432, user: USER, database: 'postgres' };
  }

  #pgBackRest(...words: readonly string[]): void {
    this.#must(PGBACKREST, `--config=${this.#config}`, `--stanza=${STANZA}`, ...words);
  }

  #folder(name: string): string {
    const path = join(this.root, name);
    mkdirSync(path, { mode: 0o700 });
    if (this.#account !== undefined) chownSync(path, this.#account.uid, this.#account.gid);
    return path;
  }

  #must(program: string, ...words: readonly string[]): void {
    const { status, stderr } = this.#run(program, ...words);
    expect(status, `${program} ${words.join(' ')}: ${stderr}`).toBe(0);
  }

  /** Runs a program as who runs the server. */
  #run(program: string, ...words: readonly string[]) {
    return spawnSync(program, words, {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(this.#account === undefined ? {} : { uid: this.#account.uid, gid: this.#account.gid }),
    });
  }
}

async function isInRecovery(target: DatabaseTarget): Promise<boolean> {
  return withClient(target, { role: 'login' }, async (client) => {
    const { rows } = await client.query<{ is: boolean }>('SELECT pg_is_in_recovery() AS is');
    return rows[0]!.is;
  });
}
