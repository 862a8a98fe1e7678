import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { biomeFindings } from './biome-findings.js';
import { showFinding, statementFindings, styleFindings } from './style-rules.js';

const biome = join(packageRoot, 'node_modules/@biomejs/biome/bin/biome');

function sourcesIn(folder: string, ending: string): string[] {
  const entries = readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' });
  return entries.filter((path) => path.endsWith(ending)).map((path) => join(folder, path));
}

describe('style', () => {
  it('holds in every source: directions, sizes, names, bans', () => {
    const files = [...sourcesIn('src', '.ts'), ...sourcesIn('bin', '.js')];
    const findings = files.flatMap((file) =>
      styleFindings(file, readFileSync(join(packageRoot, file), 'utf8')),
    );
    expect(findings.map(showFinding).join('\n')).toBe('');
  });

  it('holds in every statement: codes by their names', () => {
    const kept = /migrations\/|functions\/codes\.sql$/;
    const files = sourcesIn('src', '.sql').filter((file) => !kept.test(file));
    const findings = files.flatMap((file) =>
      statementFindings(file, readFileSync(join(packageRoot, file), 'utf8')),
    );
    expect(files.length).toBeGreaterThan(50);
    expect(findings.map(showFinding).join('\n')).toBe('');
  });

  it('holds for Biome: format, imports, functions of 70 lines at most, no any', () => {
    expect(biomeFindings(biome, packageRoot).join('\n')).toBe('');
  });
});
