import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../src/cli.js';
import { GROUP_SUMMARIES, REGISTRY } from '../../../src/commands/index.js';
import { type CommandEntry, fileStem } from '../../../src/commands/shell/command-module.js';
import { argumentTerm, pageFile, readPage } from '../../../src/commands/shell/command-page.js';
import { EXIT } from '../../../src/errors.js';
import { packageRoot } from '../../../src/package-root.js';

/** Parses a line without running it: the command that it chose, as commander configured it. */
async function parse(words: readonly string[]): Promise<{ entry: CommandEntry; cmd: Command }> {
  const host = { stdout: new PassThrough(), stderr: new PassThrough() };
  let chosen: { entry: CommandEntry; cmd: Command } | undefined;
  const program = buildProgram({
    registry: REGISTRY,
    host,
    invoke: async (_module, cmd, entry) => {
      chosen = { entry, cmd };
    },
  });
  await program.parseAsync([...words], { from: 'user' });
  if (chosen === undefined) throw new Error(`nothing is run by: ${words.join(' ')}`);
  return chosen;
}

/** Words of a shell line up to a pipe, a redirection or a comment; quotes keep blanks. */
function shellWords(line: string): string[] {
  const [, ...words] = line.matchAll(/"[^"]*"|'[^']*'|[|<>#].*$|[^\s"'|<>]+/g);
  return words
    .map(([word]) => word)
    .filter((word) => !/^[|<>#]/.test(word))
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

async function configured(entry: CommandEntry): Promise<Command> {
  const { Command } = await import('commander');
  const cmd = new Command(entry.path);
  const { command } = await entry.load();
  command.configure?.(cmd);
  return cmd;
}

describe.each(REGISTRY)('loanbook $path', (entry) => {
  it('has a page with every section', () => {
    const page = readPage(entry.path);
    expect(page.title).toBe(`loanbook ${entry.path}`);
    expect(page.description).not.toBe('');
    expect(page.examples).not.toEqual([]);
    const codes = page.exitCodes.map(({ term }) => Number(term));
    expect(codes[0]).toBe(EXIT.done);
    expect(Object.values(EXIT)).toEqual(expect.arrayContaining(codes));
  });

  it('has the arguments and options of its page, and no others', async () => {
    const page = readPage(entry.path);
    const cmd = await configured(entry);
    const terms = cmd.registeredArguments.map(argumentTerm);
    const flags = cmd.options.map((option) => option.flags);
    expect(page.arguments.map(({ term }) => term)).toEqual(terms);
    expect(page.options.map(({ term }) => term).sort()).toEqual(flags.sort());
    const rows = [...page.arguments, ...page.options];
    expect(rows.filter(({ meaning }) => meaning === '')).toEqual([]);
    expect(cmd.options.map(({ long }) => long)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^--(?:book|json|quiet|lang|version|help)$/)]),
    );
  });

  it('has a synopsis that names what it needs, and nothing that it does not know', async () => {
    const { synopsis } = readPage(entry.path);
    const cmd = await configured(entry);
    const needed = cmd.options.filter(({ mandatory }) => mandatory).map(({ long }) => long ?? '');
    const known = cmd.options.map(({ long }) => long ?? '');
    expect(`${synopsis} `.startsWith(`loanbook ${entry.path} `)).toBe(true);
    for (const word of [...needed, ...cmd.registeredArguments.map(argumentTerm)]) {
      expect(synopsis).toContain(word);
    }
    expect(known).toEqual(expect.arrayContaining(synopsis.match(/--[a-z-]+/g) ?? []));
  });

  it('parses the examples of its page', async () => {
    const chosen: string[] = [];
    for (const line of readPage(entry.path).examples) {
      expect(line).toMatch(/^loanbook /);
      chosen.push((await parse(shellWords(line))).entry.path);
    }
    expect(chosen).toContain(entry.path);
  });
});

describe('the list of commands', () => {
  const folder = join(packageRoot, 'src/commands');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const stems = REGISTRY.map(({ path }) => fileStem(path));

  it('knows every page, and every command has a module and a page', () => {
    const pages = files.filter((file) => file.endsWith('.md')).map((file) => file.slice(0, -3));
    expect(pages.sort()).toEqual([...new Set(stems)].sort());
    expect(stems.filter((stem) => !files.includes(`${stem}.ts`))).toEqual([]);
    expect(REGISTRY.filter(({ path }) => !existsSync(pageFile(path)))).toEqual([]);
  });

  it('has a summary for every command and group', () => {
    const groups = REGISTRY.flatMap(({ path }) =>
      path.split(' ').map((_word, at, words) => words.slice(0, at).join(' ')),
    ).filter((group) => group !== '');
    expect(groups).toContain('gl export');
    expect(groups.filter((group) => !GROUP_SUMMARIES[group])).toEqual([]);
    expect(REGISTRY.filter(({ summary }) => !/^[^A-Z].*[^.]$/.test(summary))).toEqual([]);
  });
});

it('docs/exit-codes.md lists the exit codes of the program', () => {
  const text = readFileSync(join(packageRoot, 'docs/exit-codes.md'), 'utf8');
  const codes = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(EXIT));
});
