import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

/** The modules of Node.js itself that a program has loaded. */
function loadedBy(program: string): string[] {
  const tell = `${program}; console.log(JSON.stringify(process.moduleLoadList));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', tell], {
    cwd: packageRoot,
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as string[];
}

describe('loading the database client', () => {
  it('does not load fetch', () => {
    const loaded = loadedBy("await import('./dist/db/client.js')");
    expect(loaded.filter((module) => module.includes('net'))).not.toEqual([]);
    expect(loaded.filter((module) => module.includes('undici'))).toEqual([]);
  });

  it('says who it is as later versions of Node.js do', () => {
    const { stdout } = spawnSync(
      process.execPath,
      [
        ...['--input-type=module', '--eval'],
        "await import('./dist/db/client.js'); console.log(navigator.userAgent);",
      ],
      { cwd: packageRoot, encoding: 'utf8' },
    );
    expect(stdout.trim()).toBe(`Node.js/${process.versions.node.split('.')[0]}`);
  });
});
