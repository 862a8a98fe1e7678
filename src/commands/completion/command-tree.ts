import type { CommandEntry } from '../shell/command-module.js';
import { type PageRow, readPage } from '../shell/command-page.js';
import { LANGS } from '../shell/lang/lang.js';
import { REPORT_FORMATS } from '../shell/put-report.js';

/** What stands behind an option, or as an argument: a path, one of some words, anything else. */
export type ValueKind = 'file' | 'folder' | 'any' | readonly string[];

export interface OptionShape {
  /** Such as `-q` and `--quiet`. */
  readonly names: readonly string[];
  /** Undefined: it stands alone. */
  readonly value: ValueKind | undefined;
}

/** A place on a command line: the words so far, and what may follow them. */
export interface Place {
  readonly path: string;
  readonly words: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly OptionShape[];
  /** By place; the last one repeats where the command takes any number. */
  readonly arguments: readonly ValueKind[];
  readonly isRepeating: boolean;
}

export const SHELLS = ['bash', 'zsh'] as const;

/** What the names in angle brackets of the pages stand for; of all others nothing is known. */
const VALUES: Readonly<Record<string, ValueKind>> = {
  file: 'file',
  manifest: 'file',
  layout: 'file',
  folder: 'folder',
  dir: 'folder',
  format: REPORT_FORMATS,
  lang: LANGS,
  shell: SHELLS,
};

/** Options of every command. */
const GLOBAL: readonly OptionShape[] = [
  '--book <dir>',
  '--json',
  '-q, --quiet',
  '--lang <lang>',
  '-h, --help',
].map(optionOf);

/** Every place that a command line can be at, the empty one first. */
export function placesOf(
  registry: readonly CommandEntry[],
  groups: Readonly<Record<string, string>>,
): Place[] {
  const places = new Map<string, Place>([['', emptyPlace('')]]);
  for (const { path, summary } of registry) {
    const words = path.split(' ');
    for (const [at, name] of words.entries()) {
      const parent = words.slice(0, at).join(' ');
      const own = words.slice(0, at + 1).join(' ');
      const isCommand = own === path;
      if (isCommand) places.set(own, commandPlace(own));
      else if (!places.has(own)) places.set(own, emptyPlace(own));
      const above = places.get(parent)!;
      if (above.words.some((word) => word.name === name)) continue;
      const word = { name, summary: isCommand ? summary : (groups[own] ?? '') };
      places.set(parent, { ...above, words: [...above.words, word] });
    }
  }
  return [...places.values()];
}

function emptyPlace(path: string): Place {
  const version = path === '' ? [optionOf('-V, --version')] : [];
  return { path, words: [], options: [...GLOBAL, ...version], arguments: [], isRepeating: false };
}

function commandPlace(path: string): Place {
  const page = readPage(path);
  return {
    path,
    words: [],
    options: [...page.options.map(({ term }) => optionOf(term)), ...GLOBAL],
    arguments: page.arguments.map(({ term }) => kindOf(term)),
    isRepeating: page.arguments.some(isRepeating),
  };
}

function isRepeating({ term }: PageRow): boolean {
  return term.includes('...');
}

/** `-d, --day <date>` as the page has it. */
function optionOf(term: string): OptionShape {
  const [flags = '', value] = term.split(/ (?=[<[])/);
  return { names: flags.split(', '), value: value === undefined ? undefined : kindOf(value) };
}

/** `<file>`, `[file...]`. */
function kindOf(term: string): ValueKind {
  return VALUES[term.replace(/[<>[\].]/g, '')] ?? 'any';
}
