import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../../../src/commands/shell/lang/lang.js';
import { withClient } from '../../../src/db/connect.js';
import { removeEmbedded, startEmbedded } from '../../../src/db/embedded/embedded.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import type { HouseFinding } from '../../../src/jobs/doctor/examine-house.js';
import { HOUSE_RULES } from '../../../src/operations/doctor/house-rules.js';
import { type Captured, capture } from '../shell/captured-host.js';

/** A book with a server of its own, whose settings no other test sees. */
let folder = '';
let target: DatabaseTarget;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-doctor-'));
  chmodSync(folder, 0o755);
  target = await startEmbedded(folder);
});
afterAll(async () => {
  await removeEmbedded(folder);
  rmSync(folder, { recursive: true, force: true });
});

const run = (...words: string[]): Promise<Captured> => capture(['--book', folder, ...words]);

async function statusOf(check: string): Promise<string> {
  const { exitCode, stdout } = await run('--json', 'doctor');
  const { findings, exit } = JSON.parse(stdout) as { findings: HouseFinding[]; exit: number };
  const isFailing = findings.some(({ status }) => status === 'fail');
  expect([exitCode, exit]).toEqual(isFailing ? [3, 3] : [0, 0]);
  return findings.find((finding) => finding.check === check)!.status;
}

async function set(...statements: string[]): Promise<void> {
  await withClient(target, { role: 'login' }, async (client) => {
    for (const statement of statements) await client.query(statement);
    await client.query('SELECT pg_reload_conf()');
  });
  // The server takes what it is told with its next breath.
  await new Promise((resolve) => setTimeout(resolve, 200));
}

describe('loanbook doctor', () => {
  it.each([
    ['fsync', 'fail'],
    ['full_page_writes', 'fail'],
    ['synchronous_commit', 'warn'],
  ])('sees that %s is off, and on again', async (setting, status) => {
    expect(await statusOf('settings')).toBe('ok');
    await set(`ALTER SYSTEM SET ${setting} = off`);
    expect(await statusOf('settings')).toBe(status);
    await set(`ALTER SYSTEM RESET ${setting}`);
    expect(await statusOf('settings')).toBe('ok');
  });

  it('sees that others may open the keys, and that they may not any more', async () => {
    const keys = join(folder, 'keys');
    writeFileSync(keys, '', { mode: 0o600 });
    // There is no book whose rows could be without a key.
    expect(await statusOf('keys')).toBe('unknown');
    chmodSync(keys, 0o644);
    expect(await statusOf('keys')).toBe('fail');
    chmodSync(keys, 0o600);
    expect(await statusOf('keys')).toBe('unknown');
    rmSync(keys);
  });

  it('sees that connections are few, and many again', async () => {
    const restart = async () => {
      await run('db', 'stop');
      await run('db', 'start');
    };
    await set('ALTER SYSTEM SET max_connections = 8');
    await restart();
    expect(await statusOf('connections')).toBe('warn');
    await set('ALTER SYSTEM RESET max_connections');
    await restart();
    expect(await statusOf('connections')).toBe('ok');
  });

  it('says of a database without a book what can be said', async () => {
    const { exitCode, stdout } = await run('doctor', '--facts');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^server +ok +server 1[0-9]/m);
    expect(stdout).toMatch(/^max_connections +100$/m);
    expect(stdout).toContain('unknown: night_bytes, calendar_through, days_behind');
    expect(stdout).toContain('  reason: There is no loan book in the database.\n');
  });

  it('makes no database where there is none, and says that it found none', async () => {
    const elsewhere = join(folder, 'elsewhere');
    const { exitCode, stdout, stderr } = await capture(['--book', elsewhere, 'doctor']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^node +ok/m);
    expect(stderr).toMatch(/^error: The book has no database yet\./);
    expect(await run('doctor')).toMatchObject({ exitCode: 0 });
    expect((await capture(['--book', elsewhere, 'doctor'])).exitCode).toBe(1);
  });

  it('is told in Chinese, with the same codes', async () => {
    const { stdout } = await run('--lang', 'zh', 'doctor');
    expect(stdout).toMatch(/^核对 +状态 +数值$/m);
    expect(stdout).toMatch(/^calendar +未知 +calendar_through unknown, today /m);
    expect(stdout).toMatch(/^roles: 警告\n {2}规则: 账簿不由超级用户运行\n {2}下一步: /m);
    expect((await run('--json', '--lang', 'zh', 'doctor')).stdout).not.toMatch(/\p{Script=Han}/u);
  });

  it('has every rule and every next step in Chinese', () => {
    const texts = HOUSE_RULES.flatMap(({ rule, next }) => [rule, next]);
    expect(texts.filter((text) => say('zh', text) === text)).toEqual([]);
  });
});
