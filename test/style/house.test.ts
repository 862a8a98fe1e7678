import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { FILES_A_FOLDER, HOUSE, TOGETHER } from './house.js';
import { maskSource } from './mask-source.js';

const IMPORT = /\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g;
const PARTED = ['accounting', 'operations', 'jobs', 'commands'];

/** `jobs/eod` of `src/jobs/eod/run/run-day.ts`; undefined for what is no domain's. */
function domainOf(file: string): string | undefined {
  const [, layer = '', domain, below] = file.split('/');
  return PARTED.includes(layer) && below !== undefined ? `${layer}/${domain}` : undefined;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly file: string;
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(packageRoot, folder), {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(packageRoot.length), entry.name));
}

const sources = filesBelow('src').filter((file) => file.endsWith('.ts'));

const edges: readonly Edge[] = sources.flatMap((file) => {
  const from = domainOf(file);
  if (from === undefined) return [];
  const { statements } = maskSource(readFileSync(join(packageRoot, file), 'utf8'));
  return [...statements.matchAll(IMPORT)].flatMap(([, target = '']) => {
    const to = domainOf(posix.join(posix.dirname(file), target));
    return to === undefined || to === from ? [] : [{ from, to, file }];
  });
});

const isEngine = (domain: string) => /^(?:accounting|operations)\//.test(domain);
/** Commands may take the types and amounts of an engine, jobs the engine itself. */
const isBelow = ({ from, to }: Edge) => isEngine(to) && !isEngine(from);

/** The domains from which `start` can be reached again, the engine in two folders counted as one. */
function circleFrom(start: string): string[] {
  const one = (domain: string) => (TOGETHER.includes(domain) ? TOGETHER[0]! : domain);
  const next = (domain: string) =>
    (domain === TOGETHER[0] ? TOGETHER : [domain])
      .flatMap((each) => HOUSE[each] ?? [])
      .map(one)
      .filter((to) => to !== domain);
  const reached = new Set<string>();
  const walk = (domain: string) => {
    for (const to of next(domain)) {
      if (reached.has(to)) continue;
      reached.add(to);
      walk(to);
    }
  };
  walk(one(start));
  return reached.has(one(start)) ? [start] : [];
}

describe('the house', () => {
  it('has every domain in its table, and no other', () => {
    const domains = new Set(sources.map(domainOf).filter((domain) => domain !== undefined));
    expect(Object.keys(HOUSE).sort()).toEqual([...domains].sort());
  });

  it('lets a domain import what its table names', () => {
    const strays = edges.filter((edge) => !isBelow(edge) && !HOUSE[edge.from]?.includes(edge.to));
    expect(strays.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
  });

  it('names nothing that nobody imports', () => {
    const used = new Set(edges.map(({ from, to }) => `${from} > ${to}`));
    const named = Object.entries(HOUSE).flatMap(([from, to]) =>
      to.map((each) => `${from} > ${each}`),
    );
    expect(named.filter((edge) => !used.has(edge))).toEqual([]);
  });

  it('has no circles', () => {
    expect(Object.keys(HOUSE).flatMap(circleFrom)).toEqual([]);
  });

  it('lets only commands import the night', () => {
    const others = edges.filter(
      ({ from, to }) => to === 'jobs/eod' && !from.startsWith('commands/'),
    );
    expect(others).toEqual([]);
  });

  it('reads no statement in a command', () => {
    const sql = sources
      .filter((file) => file.startsWith('src/commands/'))
      .filter((file) => readFileSync(join(packageRoot, file), 'utf8').includes('sql-file'));
    expect(sql).toEqual([]);
  });

  it(`has at most ${FILES_A_FOLDER} files in a folder, migrations aside`, () => {
    const counts = new Map<string, number>();
    for (const file of [...filesBelow('src'), ...filesBelow('test'), ...filesBelow('bin')]) {
      const folder = posix.dirname(file);
      if (folder.endsWith('/migrations')) continue;
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect([...counts].filter(([, files]) => files > FILES_A_FOLDER)).toEqual([]);
  });

  it('keeps each statement beside a module that reads it', () => {
    const statements = filesBelow('src').filter((file) => /\/sql\/[^/]+\.sql$/.test(file));
    expect(statements.length).toBeGreaterThan(60);
    const idle = statements.filter((file) => {
      const folder = posix.dirname(posix.dirname(file));
      const name = posix.basename(file, '.sql');
      return !sources.some(
        (source) =>
          posix.dirname(source) === folder &&
          readFileSync(join(packageRoot, source), 'utf8').includes(`'${name}'`),
      );
    });
    expect(idle).toEqual([]);
  });
});
