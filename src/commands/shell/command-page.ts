import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { packageRoot } from '../../package-root.js';
import { fileStem } from './command-module.js';

/** A row of one of the page's tables: `| `--day <date>` | meaning |`. */
export interface PageRow {
  readonly term: string;
  readonly meaning: string;
}

/** What `src/commands/<group>/<verb>.md` says. */
export interface CommandPage {
  readonly title: string;
  /** The line as typed, such as `loanbook eod run [options]`. */
  readonly synopsis: string;
  /** Paragraphs, each on one line. */
  readonly description: string;
  /** Such as `<loan-no>` or `[file...]`. */
  readonly arguments: readonly PageRow[];
  /** Such as `-d, --day <date>`. */
  readonly options: readonly PageRow[];
  /** Every line of the ```sh blocks. */
  readonly examples: readonly string[];
  readonly exitCodes: readonly PageRow[];
}

/** Where the page of a command lies; pages are read from `src/`, which the package ships. */
export function pageFile(path: string): string {
  return join(packageRoot, 'src', 'commands', `${fileStem(path)}.md`);
}

export function readPage(path: string): CommandPage {
  return parsePage(readFileSync(pageFile(path), 'utf8'));
}

/** Parses a page. What is missing comes out empty: the page test names it. */
export function parsePage(markdown: string): CommandPage {
  const [head = '', ...sections] = markdown.split(/^## /m);
  const named = new Map(sections.map((section) => splitAtLine(section)));
  const [titleLine, afterTitle] = splitAtLine(head);
  const [synopsisLine, description] = splitAtLine(afterTitle.trimStart());
  return {
    title: titleLine.replace(/^# /, '').trim(),
    synopsis: synopsisLine.replaceAll('`', '').trim(),
    description: unwrapParagraphs(description),
    arguments: tableRows(named.get('Arguments') ?? ''),
    options: tableRows(named.get('Options') ?? ''),
    examples: shellLines(named.get('Examples') ?? ''),
    exitCodes: tableRows(named.get('Exit codes') ?? ''),
  };
}

function splitAtLine(text: string): [string, string] {
  const end = text.indexOf('\n');
  return end < 0 ? [text.trim(), ''] : [text.slice(0, end).trim(), text.slice(end + 1)];
}

/** The terminal wraps to its own width; items of a list keep their lines. */
function unwrapParagraphs(text: string): string {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replace(/\n(?!\s*[-*] )\s*/g, ' '))
    .join('\n\n');
}

/** Rows of the first table; the two header lines are skipped, `\|` is a bar in a cell. */
function tableRows(section: string): PageRow[] {
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.replaceAll('\\|', '|').trim());
      return { term: (cells[1] ?? '').replaceAll('`', ''), meaning: cells[2] ?? '' };
    });
}

function shellLines(section: string): string[] {
  const blocks = section.matchAll(/^```sh\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line.trim() !== ''),
  );
}

/** Gives `cmd` the page's words: usage, description, meaning of each argument and option. */
export function describeFrom(page: CommandPage, path: string, cmd: Command): void {
  const rows = [...page.arguments, ...page.options];
  const meanings = new Map(rows.map(({ term, meaning }) => [term, meaning]));
  cmd.usage(page.synopsis.replace(`loanbook ${path}`, '').trim() || '[options]');
  cmd.description(page.description);
  for (const option of cmd.options) option.description ||= meanings.get(option.flags) ?? '';
  for (const argument of cmd.registeredArguments) {
    argument.description ||= meanings.get(argumentTerm(argument)) ?? '';
  }
}

/** What follows the options in the long help. */
export function closingOf(page: CommandPage): string {
  const isReport = page.options.some(({ term }) => term === '--format <format>');
  const examples = page.examples.map((line) => `  ${line}`);
  const codes = page.exitCodes.map(({ term, meaning }) => `  ${term.padEnd(4)} ${meaning}`);
  const formats = isReport ? ['', 'Formats:', ...FORMATS] : [];
  return ['', 'Examples:', ...examples, ...formats, '', 'Exit codes:', ...codes].join('\n');
}

/** The same for every command that shows rows; docs/reports.md has the rest. */
const FORMATS = [
  '  Shown as aligned text; with --json as one document. --format csv, xlsx or json gives the',
  '  same rows and figures. A file is named by its ending, and appears whole or not at all.',
  '  CSV holds the main table alone. An amount of more than 15 digits is text in a workbook.',
];

/** How the page and commander's usage write an argument: `<loan-no>`, `[file...]`. */
export function argumentTerm(argument: Command['registeredArguments'][number]): string {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}
