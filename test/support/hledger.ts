import { spawnSync } from 'node:child_process';

// It reads Chinese account names only where the locale says UTF-8.
const env = { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };

function run(args: readonly string[]) {
  return spawnSync('hledger', args, { env, encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** Debian: `apt-get install hledger`. Without it its tests are skipped, with a notice. */
export const hasHledger = run(['--version']).status === 0;
if (!hasHledger) console.warn('hledger is not installed: the tests that ask it are skipped');

/** What `hledger check --strict` says against a journal; empty: it accepts it. */
export function strictCheck(file: string): string {
  const { status, stdout, stderr } = run(['-f', file, 'check', '--strict']);
  return status === 0 ? '' : `exit ${status}: ${stdout}${stderr}`;
}

/** hledger's own balances by account code, decimal text of the book's two digits. */
export function hledgerBalances(file: string, ...options: string[]): Record<string, string> {
  const asked = ['-f', file, 'balance', '--flat', '--empty', '--no-total', '-O', 'csv'];
  const { status, stdout, stderr } = run([...asked, ...options]);
  if (status !== 0) throw new Error(stderr);
  const balances: Record<string, string> = {};
  for (const line of stdout.trimEnd().split('\n').slice(1)) {
    const [, account = '', amount = ''] = /^"(.*)","(.*)"$/.exec(line) ?? [];
    const code = account.slice(account.indexOf(':') + 1).split(' ')[0]!;
    balances[code] = amount === '0' ? '0.00' : amount.replace(' CNY', '');
  }
  return balances;
}
