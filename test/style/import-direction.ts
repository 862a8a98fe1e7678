import { posix } from 'node:path';
import { ENGINES } from './house.js';
import type { Finding } from './style-rules.js';

/** Layers from the top down; a file imports its own layer and those further down the list. */
const ORDER = ['bin', 'cli', 'commands', 'jobs', 'capability', 'base'];
/** Pure: takes values, returns values, so it sees nothing of the rest, not even Node. */
const PURE = ENGINES;
const PURE_PACKAGES = ['decimal.js'];
/** Measure and disturb everything, and nothing that ships may need them. */
const TRIALS = ['bench', 'chaos'];

const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

/**
 * Imports go one way: bin -> cli -> commands -> jobs -> db, files, documents ... -> base; engines.
 */
export function importFindings(file: string, statements: string): Finding[] {
  return [...statements.matchAll(IMPORT)].flatMap((match) => {
    const target = match[1] ?? '';
    const instead = objectionTo(file, target);
    if (instead === undefined) return [];
    const line = statements.slice(0, match.index).split('\n').length;
    return [{ file, line, rule: 'import-direction', text: target, instead }];
  });
}

function objectionTo(file: string, target: string): string | undefined {
  const from = layerOf(file);
  if (!target.startsWith('.')) {
    if (!PURE.includes(from) || PURE_PACKAGES.includes(target)) return undefined;
    return `take what it gives as an argument: ${from} imports only ${PURE_PACKAGES.join(', ')}`;
  }
  const to = layerOf(posix.join(posix.dirname(file), target));
  if (to === from || TRIALS.includes(from)) return undefined;
  // What an engine may take of one before it is the house's table.
  if (PURE.includes(from) && PURE.indexOf(to) >= 0 && PURE.indexOf(to) < PURE.indexOf(from)) {
    return undefined;
  }
  if (PURE.includes(from)) return `move it into ${from}, or take its result as an argument`;
  if (TRIALS.includes(to)) return `move what is shared out of ${to}`;
  if (PURE.includes(to)) {
    return from === 'base' ? 'move the file into the layer that it serves' : undefined;
  }
  if (ORDER.indexOf(from) <= ORDER.indexOf(to)) return undefined;
  return `move what is shared down: ${from} imports nothing of ${to}`;
}

/** `db`, `files`, `documents` and whatever a later capability brings are one layer. */
function layerOf(path: string): string {
  const [top, folder = '', below] = path.split('/');
  if (top === 'bin') return top;
  if (below === undefined) return folder.startsWith('cli.') ? 'cli' : 'base';
  return [...ORDER, ...PURE, ...TRIALS].includes(folder) ? folder : 'capability';
}
