import { execFile } from 'node:child_process';
import { type Account, isRoot, serverAccount } from '../../../db/embedded/embedded-account.js';
import { EXIT, LoanbookError } from '../../../errors.js';

/** How pgBackRest is called for the server of a book. */
export interface Stanza {
  readonly name: string;
  /** A program with its first arguments, parted by blanks; no shell reads it. */
  readonly command?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const PROGRAM = 'pgbackrest';
const OUTPUT_BYTES_MAX = 1 << 26;
const LINES_SHOWN = 8;
/** pgBackRest's own code: another process has the lock of the stanza. */
const LOCKED = 50;

/**
 * Calls pgBackRest, as the user `postgres` where root does and no command is named; returns what it
 * printed. Its own settings are those of its file and of PGBACKREST_*. Throws LoanbookError
 * `pgbackrest_missing`, `pgbackrest_failed`, `backup_is_running` (75).
 */
export async function callPgBackRest(
  stanza: Stanza,
  verb: string,
  options: readonly string[] = [],
): Promise<string> {
  const [program = PROGRAM, ...first] = (stanza.command ?? PROGRAM).trim().split(/\s+/);
  const { PGBACKREST_CONFIG: file } = stanza.env;
  // Said as an option, it is in what a restored server fetches its WAL by.
  const config = file ? [`--config=${file}`] : [];
  const own = [`--stanza=${stanza.name}`, ...config, '--log-level-console=warn'];
  const words = [...first, ...own, ...options, verb];
  const account = stanza.command === undefined ? pgBackRestAccount() : undefined;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      words,
      {
        cwd: '/',
        env: environmentOf(stanza.env),
        encoding: 'utf8',
        maxBuffer: OUTPUT_BYTES_MAX,
        signal: stanza.signal,
        ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (stanza.signal.aborted) reject(stanza.signal.reason);
        else if (error.code === 'ENOENT') reject(missing(program));
        else reject(failed(stanza, verb, child.exitCode, `${stdout}\n${stderr}`));
      },
    );
  });
}

/** Whose files a restore makes. */
export function pgBackRestAccount(): Account | undefined {
  return isRoot() ? serverAccount(undefined) : undefined;
}

/** Neither the database nor a language is named: both would change what it does. */
function environmentOf(env: Stanza['env']): Record<string, string> {
  const own = Object.entries(env).filter(([name]) => name.startsWith('PGBACKREST_'));
  const path = env.PATH ?? process.env.PATH ?? '/usr/bin:/bin';
  return { ...(Object.fromEntries(own) as Record<string, string>), PATH: path, LC_ALL: 'C' };
}

function missing(program: string): LoanbookError {
  return new LoanbookError('pgbackrest_missing', 'pgBackRest is not installed.', {
    evidence: { program },
    next:
      'Install it (Debian: apt-get install pgbackrest), or name its command with ' +
      'LOANBOOK_PGBACKREST; docs/backup.md has its settings.',
  });
}

function failed(
  { name, command = PROGRAM }: Stanza,
  verb: string,
  exit: number | null,
  output: string,
): LoanbookError {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const evidence = { stanza: name, exit, output: lines.slice(-LINES_SHOWN).join('\n') };
  if (exit === LOCKED) {
    return new LoanbookError('backup_is_running', 'Another backup of this stanza goes on.', {
      exitCode: EXIT.locked,
      evidence,
      next: 'Wait for it, or end that process.',
    });
  }
  return new LoanbookError('pgbackrest_failed', `pgBackRest cannot do its \`${verb}\`.`, {
    evidence,
    next:
      `Run \`${command} --stanza=${name} ${verb === 'restore' ? 'info' : verb}\` by hand; ` +
      'docs/backup.md has the settings of the server and of pgBackRest.',
  });
}
