import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EXIT, LoanbookError } from '../../errors.js';
import { packageRoot } from '../../package-root.js';
import { readTextFile } from '../text-file.js';
import { type LayoutDocument, parseLayout } from './layout-document.js';

const FOLDER = join(packageRoot, 'config/layouts');
const ENDING = '.yaml';

/** A packaged layout is named by its file, without the ending. */
export function packagedNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => basename(file, ENDING))
    .sort();
}

/** The text of a layout with where it comes from. */
export interface LayoutText {
  readonly text: string;
  readonly source: string;
}

/**
 * A layout by the path of its file, or by the name of a packaged one. Throws LoanbookError
 * `unknown_layout` (2), and as `readTextFile` does.
 */
export async function layoutText(nameOrPath: string): Promise<LayoutText> {
  const isName = /^[A-Za-z0-9_-]+$/.test(nameOrPath) && !existsSync(nameOrPath);
  if (!isName) return { text: await readTextFile(nameOrPath), source: nameOrPath };
  const names = packagedNames();
  if (!names.includes(nameOrPath)) {
    throw new LoanbookError('unknown_layout', `There is no layout ${nameOrPath}.`, {
      exitCode: EXIT.usage,
      evidence: { layout: nameOrPath, packaged: names.join(', ') },
      next: 'Name a file, or one of the packaged ones: `loanbook layout list`.',
    });
  }
  const path = join(FOLDER, nameOrPath + ENDING);
  return { text: await readTextFile(path), source: `${nameOrPath}${ENDING}` };
}

/** A checked layout by path or name; throws as `layoutText` and `parseLayout` do. */
export async function findLayout(nameOrPath: string): Promise<LayoutDocument> {
  const { text, source } = await layoutText(nameOrPath);
  return parseLayout(text, source);
}
