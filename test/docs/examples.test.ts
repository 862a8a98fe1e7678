import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildProgram } from '../../src/cli.js';
import { REGISTRY } from '../../src/commands/index.js';
import { parseCalendarDocument } from '../../src/jobs/book/documents/calendar-document.js';
import { parsePolicyDocument } from '../../src/jobs/book/documents/policy-document.js';
import { parseProductDocument } from '../../src/jobs/book/documents/product-document.js';
import { simulationReader } from '../../src/jobs/simulate/documents/simulate-document.js';
import { packageRoot } from '../../src/package-root.js';

const DOCUMENTS = [
  'README.md',
  'README.zh-CN.md',
  'CHANGELOG.md',
  ...readdirSync(join(packageRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const COLUMNS_MAX = 100;
const PROGRAM = /^(?:npx loanbook|loanbook|node bin\/loanbook\.js)(?= |$)/;

function read(file: string): string {
  return readFileSync(join(packageRoot, file), 'utf8');
}

/** Lines of the ```sh blocks. */
function shellLines(text: string): string[] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line.trim() !== ''),
  );
}

/** Calls of the program, also those inside `$(...)`, without its name. */
function programCalls(line: string): string[] {
  const inner = [...line.matchAll(/\$\(([^()]*)\)/g)].map(([, command = '']) => command);
  return [line, ...inner]
    .filter((command) => PROGRAM.test(command))
    .map((command) => command.replace(PROGRAM, '').trim());
}

/** Words up to a pipe, a redirection or a comment; quotes keep blanks. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/"[^"]*"|'[^']*'|[|<>#].*$|[^\s"'|<>]+/g)]
    .map(([word]) => word)
    .filter((word) => !/^[|<>#]/.test(word))
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

/** Parses without running; throws what commander says of a wrong line. */
async function commandOf(words: readonly string[]): Promise<string> {
  let path = '';
  const program = buildProgram({
    registry: REGISTRY,
    host: { stdout: new PassThrough(), stderr: new PassThrough() },
    invoke: async (_module, _cmd, entry) => {
      path = entry.path;
    },
  });
  await program.parseAsync([...words], { from: 'user' });
  return path;
}

/** Targets of `[text](target)` outside code, without those of other sites. */
function links(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** How a heading is named in a link. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(DOCUMENTS)('%s', (file) => {
  const text = read(file);

  it('shows only command lines that parse', async () => {
    const wrong: string[] = [];
    for (const call of shellLines(text).flatMap(programCalls)) {
      const path = await commandOf(shellWords(call)).catch((error: Error) => error.message);
      if (!REGISTRY.some((entry) => entry.path === path)) wrong.push(`${call}: ${path}`);
    }
    expect(wrong).toEqual([]);
  });

  it('links to what is there', () => {
    const broken = links(text).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : relative('.', join(dirname(file), path));
      if (!existsSync(join(packageRoot, target))) return true;
      return anchor !== undefined && !anchors(read(target)).includes(decodeURIComponent(anchor));
    });
    expect(broken).toEqual([]);
  });

  it(`has no line of more than ${COLUMNS_MAX} columns outside code and tables`, () => {
    const lines = text.replace(/^```[\s\S]*?^```$/gm, '').split('\n');
    const prose = lines.filter((line) => !line.startsWith('|'));
    expect(prose.filter((line) => [...line].length > COLUMNS_MAX)).toEqual([]);
  });
});

describe.each(['README.md', 'README.zh-CN.md'])('%s', (file) => {
  const text = read(file);
  const commands = shellLines(text);

  it('begins with the two commands of a clean clone', () => {
    expect(commands.slice(0, 2)).toEqual(['npm run demo', 'npm test']);
  });

  it('names only npm scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm (?:run )?(test|(?<=run )[a-z:]+)/g)].map(
      ([, name = '']) => name,
    );
    expect(named).not.toEqual([]);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('links every document', () => {
    const linked = new Set(links(text));
    const documents = DOCUMENTS.filter((name) => !name.startsWith('README'));
    expect(documents.filter((name) => !linked.has(name))).toEqual([]);
  });
});

describe('docs/conventions.md', () => {
  const blocks = [...read('docs/conventions.md').matchAll(/^```(?:yaml|json)\n([\s\S]*?)^```$/gm)];
  const [product = '', policy = '', calendar = '', simulation = ''] = blocks.map(
    ([, block = '']) => block,
  );

  it('shows documents that are taken as they stand', () => {
    expect(() => parseProductDocument(product, 'product')).not.toThrow();
    expect(() => parsePolicyDocument(policy, 'policy')).not.toThrow();
    expect(() => parseCalendarDocument(calendar, 'calendar')).not.toThrow();
    const surroundings = { ledger: null, findProduct: () => undefined };
    const reader = simulationReader(surroundings);
    expect(reader(JSON.parse(simulation), 'simulation').events).toHaveLength(1);
  });

  it('shows every key of a product', () => {
    const { document } = parseProductDocument(product, 'product');
    const shown = Object.entries(parse(product) as Record<string, object>);
    expect(shown.map(([key]) => key).sort()).toEqual(Object.keys(document).sort());
    for (const [key, part] of shown) {
      const taken = document[key as keyof typeof document];
      if (typeof taken !== 'object' || taken === null) continue;
      expect(Object.keys(part).sort()).toEqual(Object.keys(taken).sort());
    }
  });
});

it('the two READMEs show the same commands', () => {
  expect(shellLines(read('README.zh-CN.md'))).toEqual(shellLines(read('README.md')));
});
