import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { capture } from '../commands/shell/captured-host.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-stop-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('loanbook db stop exits 1 when the server does not stop', async () => {
  const started = await capture(['--book', folder, '--json', 'db', 'start']);
  expect(started).toMatchObject({ exitCode: 0 });
  const { pid } = JSON.parse(started.stdout) as { pid: number };
  process.kill(pid, 'SIGSTOP');
  try {
    const { exitCode, stderr } = await capture(['--book', folder, 'db', 'stop']);
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toContain('internal error');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const after = await capture(['--book', folder, 'db', 'stop']);
  expect(after, after.stderr).toMatchObject({ exitCode: 0 });
});
