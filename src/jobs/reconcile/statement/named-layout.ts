import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { refuseViolations, type Violation } from '../../../documents/violations.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { packagedNames, packagedPath } from '../../../files/layout/find-layout.js';
import { parseLayout } from '../../../files/layout/layout-document.js';
import { readTextFile } from '../../../files/text-file.js';
import { NEEDED_FIELDS } from './statement-layout.js';

/** A layout as a channel keeps it: whole, so that nothing changes behind what was applied. */
export interface NamedLayout {
  readonly name: string;
  /** YAML. */
  readonly text: string;
  /** It came with the package: it may be read in another character set than it names. */
  readonly packaged: boolean;
}

const ENDINGS = ['', '.yaml', '.yml', '.json'];

/**
 * The layout of a statement by its name: one that comes with the package, else a file of the folder
 * given; a channel may be called like its layout, so a name alone is first that of the package.
 * Throws LoanbookError `unknown_layout` (2) and `invalid_document`, also for a layout
 * without a column that a statement needs.
 */
export async function namedLayout(name: string, folder: string): Promise<NamedLayout> {
  const packaged = packagedNames().includes(name);
  const path = packaged ? packagedPath(name) : fileOf(resolve(folder, name));
  if (path === undefined) throw missing(name, folder);
  const text = await readTextFile(path);
  requireStatement(text, path);
  return { name, text, packaged };
}

function fileOf(path: string): string | undefined {
  const files = ENDINGS.map((ending) => path + ending);
  return files.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

function requireStatement(text: string, source: string): void {
  const { kind, columns, control } = parseLayout(text, source);
  const found: Violation[] = [];
  if (kind !== '' && kind !== 'statement') {
    found.push({ path: 'kind', rule: 'must be statement', value: kind });
  }
  if (control?.content !== undefined) {
    const rule = 'has no effect: the control file of a statement is name,rows[,total[,sha256]]';
    found.push({ path: 'control.content', rule, value: control.content });
  }
  for (const field of NEEDED_FIELDS) {
    if (columns.some(({ from }) => from === field)) continue;
    found.push({ path: 'columns', rule: `a statement needs a column from: ${field}` });
  }
  refuseViolations({ name: source }, found);
}

function missing(name: string, folder: string): LoanbookError {
  return new LoanbookError('unknown_layout', 'There is no such layout.', {
    exitCode: EXIT.usage,
    evidence: { layout: name, folder, packaged: packagedNames().join(', ') },
    next: 'Name one that `loanbook layout list` shows, or a file beside the document.',
  });
}
