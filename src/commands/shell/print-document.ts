import { stringify } from 'yaml';
import type { CommandContext } from './context.js';
import { printJson } from './output.js';

interface Kept {
  readonly effectiveFrom: string;
  readonly sha256: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** Prints documents as the book keeps them: as YAML that can be applied again, or as JSON. */
export function printDocument(context: CommandContext, ...kept: readonly Kept[]): void {
  if (context.json) {
    printJson(context.stdout, kept.length === 1 ? kept[0] : kept);
    return;
  }
  const texts = kept.map(
    ({ sha256, document }) => `# sha256 ${sha256}\n${stringify(document, { lineWidth: 100 })}`,
  );
  context.stdout.write(texts.join('---\n'));
}
