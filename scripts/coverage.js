// Runs the tests, or those that are named, and shows which share of the lines they run: those of
// the test processes, which load `src`, and those of what only runs from `dist`: the threads of a
// fold, and the programs that tests start. There is no bar to reach.
//   npm run coverage -- test/jobs/eod
// With `--of FOLDER` no test is run: it shows what NODE_V8_COVERAGE left in that folder, together
// with the `coverage-final.json` of vitest where that lies there too.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mergeScriptCovs } from '@bcoe/v8-coverage';
import { convert } from 'ast-v8-to-istanbul';
import coverageLibrary from 'istanbul-lib-coverage';
import { parseAstAsync } from 'vitest/node';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = pathToFileURL(join(root, 'dist')).href;
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const reports = join(root, 'coverage');
const OF_VITEST = 'coverage-final.json';
/** Counts of one script that are kept before they are merged: those of a process are megabytes. */
const KEPT_MAX = 8;

/** Every process and thread below writes there what V8 counted, when it ends. */
function runTests(args, folder) {
  const env = { ...process.env, NODE_V8_COVERAGE: folder };
  rmSync(reports, { recursive: true, force: true });
  const run = [vitest, 'run', '--coverage', ...args];
  const { status } = spawnSync(process.execPath, run, { cwd: root, env, stdio: 'inherit' });
  return status ?? 1;
}

/** What the programs and threads ran of `dist`, by script. */
function scriptsOf(folder) {
  const scripts = new Map();
  for (const name of readdirSync(folder)) {
    // A process that was killed may have left half a file.
    const { result = [] } = read(join(folder, name)) ?? {};
    for (const script of result) {
      if (!script.url.startsWith(dist)) continue;
      const known = scripts.get(script.url);
      if (known === undefined) scripts.set(script.url, [script]);
      else if (known.push(script) >= KEPT_MAX) scripts.set(script.url, [mergeScriptCovs(known)]);
    }
  }
  return scripts;
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** One script's counts, as lines of its source. */
async function ofSource(url, counted) {
  const file = fileURLToPath(url);
  if (!existsSync(`${file}.map`)) return {};
  const code = readFileSync(file, 'utf8');
  const sourceMap = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
  const ast = parseAstAsync(code);
  return convert({ ast, code, sourceMap, wrapperLength: 0, coverage: mergeScriptCovs(counted) });
}

/** That, and what the processes of the tests loaded themselves, as vitest left it. */
async function merged(folder, tested = {}) {
  const map = coverageLibrary.createCoverageMap(tested);
  for (const [url, counted] of scriptsOf(folder)) map.merge(await ofSource(url, counted));
  return map;
}

/** `src/jobs/eod` of a file below it. */
function domainOf(file) {
  const parts = relative(root, file).split(sep);
  return parts.slice(0, Math.min(3, parts.length - 1)).join('/');
}

function table(map) {
  const domains = new Map();
  const all = { run: 0, lines: 0 };
  for (const file of map.files()) {
    const counts = Object.values(map.fileCoverageFor(file).getLineCoverage());
    const own = domains.get(domainOf(file)) ?? { run: 0, lines: 0 };
    domains.set(domainOf(file), own);
    for (const sum of [own, all]) {
      sum.lines += counts.length;
      sum.run += counts.filter((count) => count > 0).length;
    }
  }
  const rows = [...domains].sort(([a], [b]) => (a < b ? -1 : 1));
  const show = ([name, { run, lines }]) => {
    const share = lines === 0 ? 100 : Math.floor((1000 * run) / lines) / 10;
    return `${name.padEnd(28)} ${share.toFixed(1).padStart(5)}%  ${run} of ${lines} lines`;
  };
  return [...rows.map(show), show(['all', all])].join('\n');
}

/** Leaves `lines.json` and `summary.txt` in a folder, and shows the latter. */
function report(map, folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'lines.json'), JSON.stringify(map.toJSON()));
  const shown = `lines that the tests run\n${table(map)}\n`;
  writeFileSync(join(folder, 'summary.txt'), shown);
  process.stdout.write(shown);
}

async function main(args) {
  const [option, given] = args;
  if (option === '--of') return report(await merged(given, read(join(given, OF_VITEST))), given);
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-coverage-'));
  try {
    process.exitCode = runTests(args, folder);
    report(await merged(folder, read(join(reports, OF_VITEST))), reports);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
