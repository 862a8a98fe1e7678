import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/accounting/money/refusal.js';
import type { CommandModule } from '../../../src/commands/shell/command-module.js';
import type { CommandContext } from '../../../src/commands/shell/context.js';
import { EXIT, LoanbookError } from '../../../src/errors.js';
import { capture, demoRegistry } from './captured-host.js';

const failing = (error: unknown): CommandModule => ({
  run: async () => {
    throw error;
  },
});

let book = '';
beforeAll(() => {
  book = mkdtempSync(join(tmpdir(), 'loanbook-cli-'));
});
afterAll(() => rmSync(book, { recursive: true, force: true }));

describe('global options', () => {
  const seen: CommandContext[] = [];
  const registry = demoRegistry({
    configure: (cmd) => cmd.argument('<word>').option('--day <date>'),
    run: async (context, args, options) => {
      seen.push(context);
      context.stdout.write(JSON.stringify([args, options]));
      return EXIT.difference;
    },
  } as CommandModule);

  it.each([
    ['before', ['--book', 'b', '--json', '-q', 'demo', 'act', 'w', '--day', 'd']],
    ['after', ['demo', 'act', 'w', '--day', 'd', '--book', 'b', '--json', '-q']],
    ['among', ['demo', '--json', 'act', '-q', 'w', '--book', 'b', '--day', 'd']],
  ])('are taken %s the command', async (_place, args) => {
    const { exitCode, stdout } = await capture(args, { registry, env: { LOANBOOK_HOME: 'c' } });
    expect([exitCode, stdout]).toEqual([EXIT.difference, '[["w"],{"day":"d"}]']);
    expect(seen.at(-1)).toMatchObject({ bookFolder: resolve('b'), json: true, quiet: true });
  });

  it.each([
    [{ LOANBOOK_HOME: 'c' }, 'c'],
    [{}, '.loanbook'],
  ])('the book comes from %j', async (env, folder) => {
    await capture(['demo', 'act', 'w'], { registry, env });
    expect(seen.at(-1)).toMatchObject({ bookFolder: resolve(folder), json: false, quiet: false });
  });
});

describe('errors', () => {
  const refused = new LoanbookError('row_bad', 'The row is bad.', {
    exitCode: EXIT.tooManyRejects,
    evidence: { file: 'a.csv', line: 3, hidden: undefined, many: 'x\ny' },
    next: 'Correct it.',
  });

  it('show the message, the evidence and the next step, and end with their code', async () => {
    const registry = demoRegistry(failing(refused));
    const { exitCode, stdout, stderr } = await capture(['demo', 'act'], { registry });
    expect([exitCode, stdout]).toEqual([EXIT.tooManyRejects, '']);
    expect(stderr).toBe(
      'error: The row is bad.\n  file: a.csv\n  line: 3\n  many: x\n    y\nnext: Correct it.\n',
    );
  });

  it('are one JSON document with --json', async () => {
    const registry = demoRegistry(failing(refused));
    const { stderr } = await capture(['demo', 'act', '--json'], { registry });
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'row_bad',
        message: 'The row is bad.',
        evidence: { file: 'a.csv', line: 3, many: 'x\ny' },
        next: 'Correct it.',
      },
    });
  });

  it('of the pure core are refusals too', async () => {
    const registry = demoRegistry(failing(new Refusal('rate_bad', 'No.', { rate: -1 })));
    const { exitCode, stderr } = await capture(['demo', 'act'], { registry });
    expect([exitCode, stderr]).toEqual([EXIT.failed, 'error: No.\n  rate: -1\n']);
  });

  it('nobody expected keep their stack in a log file', async () => {
    const cause = new Error('the root');
    const defect = Object.assign(new Error('broke', { cause }), { evidence: { n: 1 } });
    const registry = demoRegistry(failing(defect));
    const args = ['demo', 'act', '--book', book];
    const { exitCode, stderr } = await capture(args, { registry });
    const log = join(book, 'loanbook-error.log');
    expect([exitCode, stderr]).toEqual([
      EXIT.failed,
      `error: internal error (Error): broke\n  n: 1\n  log: ${log}\n` +
        'next: This is a defect: report it with the log file.\n',
    ]);
    expect(readFileSync(log, 'utf8')).toMatch(
      /loanbook demo act[\s\S]+broke\n +at [\s\S]+the root/,
    );
  });

  it('of a stopped command end with 130', async () => {
    const registry = demoRegistry({
      run: async ({ signal }) => {
        signal.throwIfAborted();
        return EXIT.done;
      },
    });
    const { exitCode, stderr } = await capture(['demo', 'act'], {
      registry,
      signal: AbortSignal.abort(),
    });
    expect([exitCode, stderr.split('\n')[0]]).toEqual([EXIT.interrupted, 'error: interrupted']);
  });
});

describe('the command line', () => {
  it.each([
    [['nonsense'], "error: unknown command 'nonsense'", 'loanbook --help'],
    [[], 'error: a command is missing', 'loanbook --help'],
    [['db'], 'error: a command is missing', 'loanbook db --help'],
    [['db', 'urk'], "error: unknown command 'urk' (Did you mean url?)", 'loanbook db --help'],
    [['db', 'url', '--nope'], "error: unknown option '--nope'", 'loanbook db url --help'],
    [['db', 'url', 'extra'], 'error: too many arguments', 'loanbook db url --help'],
    [['db', 'url', '--book'], "error: option '--book <dir>' argument missing", 'loanbook --help'],
  ])('%j is refused with exit code 2', async (args, message, help) => {
    const { exitCode, stdout, stderr } = await capture(args);
    expect([exitCode, stdout]).toEqual([EXIT.usage, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`See \`${help}\`.`);
  });

  it('is refused as JSON with --json', async () => {
    const { stderr } = await capture(['--json', 'nonsense']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage' } });
  });

  it('lists the commands of a group without importing them', async () => {
    const registry = [
      {
        path: 'demo act',
        summary: 'acts',
        load: () => Promise.reject(new Error('imported')),
      },
    ];
    for (const args of [['--help'], ['demo', '--help'], ['help', 'demo']]) {
      const { exitCode, stdout, stderr } = await capture(args, { registry });
      expect([exitCode, stderr]).toEqual([EXIT.done, '']);
      expect(stdout).toContain('demo');
    }
  });

  it('help is the page: description, options, examples, exit codes', async () => {
    const { stdout } = await capture(['db', 'url', '--help']);
    expect(stdout).toContain('Prints the address of the book');
    expect(stdout).toMatch(/--with-password +print the password too/);
    expect(stdout).toMatch(/Examples:\n {2}loanbook db url\n/);
    expect(stdout).toMatch(/Exit codes:\n {2}0 /);
    expect((await capture(['help', 'db', 'url'])).stdout).toBe(stdout);
  });
});

describe('a server that loanbook does not manage', () => {
  const env = { DATABASE_URL: 'postgres://ann:secret@localhost:1/book' };

  it('has nothing to start', async () => {
    const { exitCode, stdout, stderr } = await capture(['db', 'start', '--json'], { env });
    expect([exitCode, stderr]).toEqual([EXIT.done, '']);
    expect(JSON.parse(stdout)).toMatchObject({ server: 'external', host: 'localhost' });
  });

  it('is not stopped', async () => {
    const { exitCode, stderr } = await capture(['db', 'stop'], { env });
    expect(exitCode).toBe(EXIT.usage);
    expect(stderr).toContain('  host: localhost\n');
  });

  it.each([
    [[], 'postgresql://ann@localhost:1/book\n'],
    [['--with-password'], 'postgresql://ann:secret@localhost:1/book\n'],
  ])('has an address: %j', async (options, url) => {
    const { stdout } = await capture(['db', 'url', ...options], { env });
    expect(stdout).toBe(url);
  });
});
