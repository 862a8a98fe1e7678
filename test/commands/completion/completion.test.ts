import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTRY } from '../../../src/commands/index.js';
import { readPage } from '../../../src/commands/shell/command-page.js';
import { capture } from '../shell/captured-host.js';

const SHELLS = ['bash', 'zsh'] as const;
const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const missing = [...SHELLS, 'script'].filter((program) => !has(program));
if (missing.length > 0) {
  console.warn(
    `not installed: ${missing.join(', ')}; completion in a terminal is not tested there`,
  );
}

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-completion-'));
  for (const shell of SHELLS) {
    const { exitCode, stdout } = await capture(['completion', shell]);
    expect(exitCode).toBe(0);
    writeFileSync(join(folder, `loanbook.${shell}`), stdout);
  }
  mkdirSync(join(folder, 'here/march'), { recursive: true });
  writeFileSync(join(folder, 'here/loans march.csv'), '');
  writeFileSync(join(folder, 'here/zebra.yaml'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How each shell is told to complete, and to show what it made of a line instead of running it. */
const START = {
  bash: `PS1= ; bind 'set enable-bracketed-paste off'; . ../loanbook.bash`,
  zsh: `PS1= ; unsetopt zle_bracketed_paste prompt_sp; autoload -Uz compinit; compinit -u -D; . ../loanbook.zsh`,
} as const;
const SHOW = `loanbook() { printf '\\n@'; printf '<%s>' "$@"; printf '@\\n'; }; echo rea""dy`;

/**
 * Types each line into a shell on a terminal of its own, with the key TAB where the line has one,
 * and gives back the words that the program would have got.
 */
async function typed(shell: 'bash' | 'zsh', lines: readonly string[]): Promise<string[]> {
  const options = { bash: '--norc --noprofile -i', zsh: '-f -i' }[shell];
  const child = spawn('script', ['-qec', `${shell} ${options}`, '/dev/null'], {
    cwd: join(folder, 'here'),
    env: { PATH: process.env.PATH ?? '', HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const seen = async (pattern: RegExp) => {
    const until = Date.now() + 20_000;
    while (!pattern.test(text)) {
      if (Date.now() > until) throw new Error(`${shell} shows no ${pattern}: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  try {
    child.stdin.write(`${START[shell]}\n${SHOW}\n`);
    await seen(/^ready/m);
    const shown: string[] = [];
    for (const line of lines) {
      text = '';
      // A key for itself, as fingers type: what comes along with others may be taken as pasted.
      for (const part of line.split(/(?<=\t)|(?=\t)/)) {
        child.stdin.write(part);
        if (part === '\t') await new Promise((resolve) => setTimeout(resolve, 60));
      }
      child.stdin.write('\n');
      await seen(/^@.*@/m);
      shown.push(/^@(.*)@/m.exec(text)![1]!);
    }
    return shown;
  } finally {
    child.kill('SIGKILL');
  }
}

const LINES: readonly (readonly [line: string, words: string])[] = [
  ['loanbook prod\tapp\t', '<product><apply>'],
  ['loanbook gl per\tclo\t', '<gl><period><close>'],
  ['loanbook eod run --thr\t2026-03-31', '<eod><run><--through><2026-03-31>'],
  ['loanbook --book ma\t policy sh\t', '<--book><march><policy><show>'],
  ['loanbook import loans ze\t', '<import><loans><zebra.yaml>'],
  [
    'loanbook import loans loa\t--map\tze\t',
    '<import><loans><loans march.csv><--mapping><zebra.yaml>',
  ],
  ['loanbook product apply ze\tze\t', '<product><apply><zebra.yaml><zebra.yaml>'],
  ['loanbook loan list --format xl\t', '<loan><list><--format><xlsx>'],
  ['loanbook doctor --lang z\t--fa\t', '<doctor><--lang><zh><--facts>'],
  ['loanbook loan show ze\t', '<loan><show><ze>'],
  ['loanbook completion z\t', '<completion><zsh>'],
];

describe.each(SHELLS)('in %s', (shell) => {
  it.skipIf(missing.includes(shell) || missing.includes('script'))(
    'completes what is typed on a terminal',
    async () => {
      const shown = await typed(
        shell,
        LINES.map(([line]) => line),
      );
      // zsh takes the slash of a folder back once a blank follows.
      const bare = shown.map((words) => words.replace('march/', 'march'));
      expect(bare).toEqual(LINES.map(([, words]) => words));
      const [format] = await typed(shell, ['loanbook loan list --format=xl\t']);
      expect(format).toBe('<loan><list><--format=xlsx>');
    },
  );

  it('is refused by name where there is no script for it', async () => {
    const { exitCode, stderr } = await capture(['--json', 'completion', 'fish']);
    expect([exitCode, JSON.parse(stderr)]).toMatchObject([2, { error: { code: 'unknown_shell' } }]);
  });
});

it('offers at each command the options of its page, and below each group its commands', () => {
  const ask = REGISTRY.flatMap(({ path }) => {
    const words = path.split(' ');
    const group = words.slice(0, -1).join(' ');
    return [`loanbook ${path} --`, `loanbook ${group} `.replace('  ', ' ')];
  });
  const script = `. ${join(folder, 'loanbook.bash')}
    while IFS= read -r line; do
      read -ra COMP_WORDS <<< "$line"
      case $line in *' ') COMP_WORDS+=('') ;; esac
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _loanbook
      echo "\${COMPREPLY[*]}"
    done`;
  const { stdout } = spawnSync('bash', ['--norc', '-c', script], {
    input: ask.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
  });
  const answers = stdout.trimEnd().split('\n');
  for (const [at, { path }] of REGISTRY.entries()) {
    const options = readPage(path).options.map(({ term }) => /--[a-z-]+/.exec(term)![0]);
    const global = ['--book', '--json', '--quiet', '--lang', '--help'];
    expect(answers[2 * at]!.split(' '), path).toEqual([...options, ...global]);
    expect(answers[2 * at + 1]!.split(' '), path).toContain(path.split(' ').at(-1));
  }
});
