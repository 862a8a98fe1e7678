import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeEmbedded } from '../../../src/db/embedded/embedded.js';
import { alone } from '../../../src/db/embedded/scratch-server.js';
import { writeFiles } from '../../commands/exit-codes/files.js';
import { capture } from '../../commands/shell/captured-host.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-beside-'));
  writeFiles(folder);
});
afterAll(async () => {
  await removeEmbedded(folder);
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['backup', 'run --to'],
  ['trial', 'verify --in'],
])('a second %s beside one that goes on exits 75', async (name, words) => {
  const store = join(folder, 'backups');
  const line = ['--book', folder, '--json', 'backup', ...words.split(' '), store];
  const { exitCode, stderr } = await alone(name === 'trial' ? folder : store, name, () =>
    capture(line),
  );
  expect(exitCode, stderr).toBe(75);
  const { error } = JSON.parse(stderr.trim().split('\n').at(-1)!);
  expect(error).toMatchObject({ code: `${name}_is_running`, evidence: { pid: process.pid } });
});
