import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommandModule } from '../../../src/commands/shell/command-module.js';
import { langOf, say } from '../../../src/commands/shell/lang/lang.js';
import { ERRORS_ZH } from '../../../src/commands/shell/lang/zh/errors.js';
import { HEADS_ZH } from '../../../src/commands/shell/lang/zh/heads.js';
import { putReport, wayOut } from '../../../src/commands/shell/put-report.js';
import { LoanbookError } from '../../../src/errors.js';
import { tableOf } from '../../../src/files/report.js';
import { packageRoot } from '../../../src/package-root.js';
import { capture, demoRegistry } from './captured-host.js';

const refusing = demoRegistry({
  run: async () => {
    throw new LoanbookError('no_book', 'There is no loan book in this database yet.', {
      evidence: { next: 'a key', loan: 'A1' },
      next: 'Run `loanbook db migrate`.',
    });
  },
});

describe('the language', () => {
  it.each<[string | undefined, Record<string, string>, string]>([
    [undefined, {}, 'en'],
    [undefined, { LANG: 'zh_CN.UTF-8' }, 'zh'],
    [undefined, { LANG: 'zh' }, 'zh'],
    [undefined, { LANG: 'zh-Hans' }, 'zh'],
    [undefined, { LANG: 'zha_CN' }, 'en'],
    [undefined, { LANG: 'C.UTF-8' }, 'en'],
    [undefined, { LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN.UTF-8' }, 'zh'],
    [undefined, { LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'en_US.UTF-8' }, 'en'],
    [undefined, { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
    [undefined, { LANG: 'zh_CN.UTF-8', LC_ALL: '' }, 'zh'],
    ['en', { LC_ALL: 'zh_CN.UTF-8' }, 'en'],
    ['zh', { LC_ALL: 'C' }, 'zh'],
  ])('of --lang %s with %j is %s', (asked, env, lang) => {
    expect(langOf(asked, env)).toBe(lang);
  });

  it('leaves a text as it is that nobody has translated', () => {
    expect(say('zh', 'no such sentence')).toBe('no such sentence');
    expect(say('zh', 'toString')).toBe('toString');
  });

  it.each([
    [['--lang', 'zh', 'demo', 'act']],
    [['demo', 'act', '--lang=zh']],
    [['demo', '--lang', 'en', 'act', '--lang', 'zh']],
  ])('is taken anywhere on the line: %j', async (args) => {
    const { stderr } = await capture(args, { registry: refusing });
    expect(stderr).toBe(
      '错误: 该数据库中还没有账簿。\n  next: a key\n  loan: A1\n下一步: 执行 `loanbook db migrate`。\n',
    );
  });

  it('is that of the words behind no option', async () => {
    const { stderr } = await capture(['demo', 'act', '--', '--lang=zh'], { registry: refusing });
    expect(stderr).toMatch(/^error: /);
  });

  it('of an error for machines is always the same', async () => {
    const env = { LC_ALL: 'zh_CN.UTF-8' };
    const [zh, en] = await Promise.all([
      capture(['--json', 'demo', 'act'], { registry: refusing, env }),
      capture(['--json', 'demo', 'act'], { registry: refusing }),
    ]);
    expect(zh).toEqual(en);
  });

  it('is refused where it is another', async () => {
    const { exitCode, stderr } = await capture(['--lang', 'fr', 'demo', 'act'], {
      registry: refusing,
    });
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("'fr' is invalid"),
    });
  });
});

describe('a report', () => {
  const showing = (format?: string) =>
    demoRegistry({
      async run(context) {
        const columns = { status: 'text', madeAt: ['time', 'made at'], amount: 'amount' } as const;
        const rows = [{ status: 'held', madeAt: '2026-03-31T00:00:00Z', amount: '1.00' }];
        const way = wayOut(context, format === undefined ? {} : { format });
        await putReport(context, { head: {}, tables: [tableOf('t', columns, rows)] }, way);
        return undefined;
      },
    } as CommandModule);
  const shown = async (lang: string, format?: string) =>
    (await capture(['--lang', lang, 'demo', 'act'], { registry: showing(format) })).stdout;

  it('has heads in Chinese on a screen, and the codes that it always has', async () => {
    const [heads, , row] = (await shown('zh')).split('\n');
    expect(heads?.split(/ {2,}/)).toEqual(['状态', '创建时间', '金额']);
    expect(row).toMatch(/^held +2026-03-31T00:00:00Z +1\.00$/);
  });

  it.each(['csv', 'json'])('is the same file in both languages: %s', async (format) => {
    expect(await shown('zh', format)).toBe(await shown('en', format));
  });
});

describe('the catalogue', () => {
  it('uses the words of the glossary', () => {
    const text = readFileSync(join(packageRoot, 'docs/glossary.md'), 'utf8');
    const rows = [...text.matchAll(/^\| ([^|]+) \| [^|]* \| ([^|]+) \|$/gm)];
    const glossary = new Map(rows.map(([, english = '', zh = '']) => [english.trim(), zh.trim()]));
    const shared = Object.entries(HEADS_ZH).filter(([english]) => glossary.has(english));
    expect(shared.length).toBeGreaterThan(8);
    const other = shared.filter(([english, zh]) => !glossary.get(english)!.includes(zh));
    expect(other.map(([english, zh]) => [english, zh, glossary.get(english)])).toEqual([]);
  });

  it('knows only sentences that the program says', () => {
    const sources = ['src/db', 'src/jobs', 'src/commands'].map(sourcesBelow).join('\n');
    // What names a constant, such as AGAIN, is said with its value.
    const sentences = Object.keys(ERRORS_ZH).filter((text) => text.includes(' '));
    expect(sentences.filter((text) => !sources.includes(text))).toEqual([]);
  });
});

/** Every source below but the catalogue; strings that are broken over lines are put together. */
function sourcesBelow(folder: string): string {
  const names = readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts') && !name.includes('lang/zh'))
    .map((name) => readFileSync(join(packageRoot, folder, name), 'utf8'))
    .join('\n')
    .replace(/' \+\n\s*'/g, '');
}
