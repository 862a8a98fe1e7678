import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';

const LINE = /^::\w+ title=([^,]+),file=([^,]+),line=(\d+)[^:]*::(.*)$/;

/**
 * Runs Biome with the package's configuration over `folder`: `file:line rule: message` a finding.
 */
export function biomeFindings(biome: string, folder: string): string[] {
  const args = ['ci', '--error-on-warnings', '--max-diagnostics=none', '--reporter=github', '.'];
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [biome, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (error) throw error;
  const findings = stdout.split('\n').flatMap((line) => {
    const [, rule, file = '', number, message] = LINE.exec(line) ?? [];
    if (rule === undefined) return [];
    const wording = rule === 'format' ? 'run `npx biome check --write`' : message;
    return [`${relative(folder, file)}:${number} ${rule}: ${wording}`];
  });
  if (status !== 0 && findings.length === 0) throw new Error(stderr || stdout);
  return findings;
}
