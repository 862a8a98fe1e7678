import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeEmbedded } from '../../../src/db/embedded/embedded.js';
import { simulateDoctor } from '../../../src/jobs/operations/simulate/simulate-doctor.js';
import { writeFiles } from '../../commands/exit-codes/files.js';
import { capture } from '../../commands/shell/captured-host.js';
import { look, told } from './look.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let root = '';
let bookFolder = '';
let store = '';
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'loanbook-doctor-backups-'));
  chmodSync(root, 0o755);
  bookFolder = join(root, 'book');
  store = join(bookFolder, 'backups');
  const words = ['--quiet', '--book', bookFolder, 'init', '--entity', 'T', '--currency', 'CNY'];
  const made = await capture([...words, '--first-business-date', '2026-03-28']);
  expect(made.exitCode, made.stderr).toBe(0);
}, 60_000);
afterAll(async () => {
  await removeEmbedded(bookFolder);
  rmSync(root, { recursive: true, force: true });
});

const at = (instant: number, env = {}) => look({ env, bookFolder, now: () => instant });

/** The two checks, seen at an instant. */
async function seenAt(instant: number, env = {}): Promise<string[]> {
  const found = await at(instant, env);
  return [told(found, 'backup'), told(found, 'restore')];
}

async function backup(...words: string[]): Promise<Record<string, string>> {
  const line = ['--quiet', '--json', '--book', bookFolder, 'backup', ...words];
  const { exitCode, stdout, stderr } = await capture(line);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

it('a backup is missing, is there, gets old, is damaged, and is there again', async () => {
  expect(await seenAt(Date.now())).toEqual(['backup fail', 'restore warn']);
  const first = await backup('run');
  const taken = Date.parse(first.takenAt!);
  expect(await seenAt(taken)).toEqual(['backup ok', 'restore warn']);
  // At most 26 hours old is well, at most 50 is told.
  const { stdout } = await capture(['--book', bookFolder, 'metrics']);
  const [, seconds] = /^loanbook_last_backup_timestamp_seconds (\S+)$/m.exec(stdout) ?? [];
  expect(Number(seconds)).toBe(taken / 1000);
  expect(await seenAt(taken + 26 * HOUR)).toEqual(['backup ok', 'restore warn']);
  expect(await seenAt(taken + 26 * HOUR + 1000)).toEqual(['backup warn', 'restore warn']);
  expect(await seenAt(taken + 50 * HOUR)).toEqual(['backup warn', 'restore warn']);
  expect(await seenAt(taken + 50 * HOUR + 1000)).toEqual(['backup fail', 'restore warn']);
  // A clock that was set forward, or is now set back: neither makes an old backup young.
  expect((await at(taken - 3 * HOUR)).facts.backup_hours).toBe(3);
  expect(await seenAt(taken - 300 * DAY)).toEqual(['backup fail', 'restore warn']);

  const manifest = join(store, first.backup!, 'manifest.json');
  const text = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, text.replace('CNY', 'USD'));
  expect(await seenAt(taken)).toEqual([`backup fail: damaged: ${first.backup}`, 'restore warn']);
  writeFileSync(manifest, text);
  expect(await seenAt(taken)).toEqual(['backup ok', 'restore warn']);
}, 60_000);

it('a restore was proven, for 92 days', async () => {
  const { provenAt } = await backup('verify');
  const proven = Date.parse(provenAt!);
  const found = await at(proven + 1.1 * HOUR);
  expect(found.facts.restore_days).toBe(0.1);
  expect(told(found, 'restore')).toBe('restore ok');
  expect(told(await at(proven + 92 * DAY), 'restore')).toBe('restore ok');
  expect(told(await at(proven + 92 * DAY + 1000), 'restore')).toBe('restore warn');
  const { facts, findings } = found;
  const simulated = simulateDoctor({ kind: 'doctor', facts }) as { findings: object[] };
  expect(simulated.findings).toEqual(findings.map(({ seen: _, ...finding }) => finding));
}, 60_000);

it('a backup of another book is none of this one', async () => {
  const files = join(root, 'files');
  writeFiles(files);
  const env = { LOANBOOK_BACKUPS: join(files, 'backups') };
  const foreign = 'of another server: 1';
  expect(await seenAt(Date.parse('2026-03-03T02:00:00Z'), env)).toEqual([
    `backup fail: ${foreign}`,
    'restore warn',
  ]);
  cpSync(store, env.LOANBOOK_BACKUPS, { recursive: true });
  expect(await seenAt(Date.now(), env)).toEqual(['backup ok', 'restore ok']);
});
