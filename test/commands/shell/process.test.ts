import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/package-root.js';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let book = '';
beforeAll(() => {
  book = mkdtempSync(join(tmpdir(), 'loanbook-process-'));
});
afterAll(() => rmSync(book, { recursive: true, force: true }));

/** Runs Node; once the process says `ready`, `whenReady` may signal it or close its output. */
function runNode(
  args: readonly string[],
  whenReady?: (child: ReturnType<typeof spawn>) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, args, { env: { ...process.env, LOANBOOK_HOME: book } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    if (String(chunk).includes('ready')) whenReady?.(child);
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The real process guard around a command whose body is `body`. */
function guarded(body: string): string[] {
  const module = (path: string) => JSON.stringify(pathToFileURL(join(packageRoot, 'dist', path)));
  const script = `
    import { runCommandLine } from ${module('cli.js')};
    import { guardProcess } from ${module('commands/shell/process-guard.js')};
    const host = guardProcess((error) => 'fatal: ' + error.message + '\\n');
    const run = async ({ signal, stdout, stderr }) => { ${body} };
    const registry = [{ path: 'act', summary: 'acts', load: async () => ({ command: { run } }) }];
    process.exitCode = await runCommandLine(['act'], host, registry);
  `;
  return ['--input-type=module', '-e', script];
}

describe('the process', () => {
  it('lets a job stop at the first signal, and exits with 130', async () => {
    const body = `
      const stopped = new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
      const alive = setInterval(() => {}, 1000);
      stdout.write('ready');
      await stopped.finally(() => clearInterval(alive));
    `;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      const ended = await runNode(guarded(body), (child) => child.kill(name));
      expect(ended.code).toBe(130);
      expect(ended.stderr).toMatch(/^error: interrupted\n {2}signal: SIG(INT|TERM)\nnext: /);
    }
  });

  it('ends at once at the second signal', async () => {
    const body = `
      signal.addEventListener('abort', () => setTimeout(() => stdout.write('ready'), 200));
      setInterval(() => {}, 1000);
      stdout.write('ready');
      await new Promise(() => {});
    `;
    const ended = await runNode(guarded(body), (child) => child.kill('SIGINT'));
    expect(ended).toEqual({ code: 130, stdout: 'readyready', stderr: '' });
  });

  it('takes a signal right behind the first for the same, as `timeout` sends it', async () => {
    const body = `
      const alive = setInterval(() => {}, 1000);
      const stopped = new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stdout.write('ready');
          setTimeout(() => reject(signal.reason), 400);
        });
      });
      stdout.write('ready');
      await stopped.finally(() => clearInterval(alive));
    `;
    const ended = await runNode(guarded(body), (child) => child.kill('SIGTERM'));
    expect(ended).toMatchObject({ code: 130, stdout: 'readyready' });
    expect(ended.stderr).toMatch(/^error: interrupted\n/);
  });

  it('is quiet when the reader of its output goes away', async () => {
    const body = `
      stdout.write('ready');
      for (let line = 0; line < 20; line += 1) {
        stdout.write('x'.repeat(1000) + '\\n');
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    `;
    const ended = await runNode(guarded(body), (child) => child.stdout?.destroy());
    expect([ended.code, ended.stderr]).toEqual([0, '']);
  });

  it('reports an error that no promise carries', async () => {
    const body = `
      setTimeout(() => { throw new Error('late'); }, 1);
      await new Promise((resolve) => setTimeout(resolve, 5000));
    `;
    expect(await runNode(guarded(body))).toEqual({ code: 1, stdout: '', stderr: 'fatal: late\n' });
  });

  it('is what bin/loanbook.js starts', async () => {
    const bin = join(packageRoot, 'bin/loanbook.js');
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
    expect(await runNode([bin, '--version'])).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
    expect(await runNode([bin, 'nonsense'])).toMatchObject({ code: 2, stdout: '' });
  });
});
