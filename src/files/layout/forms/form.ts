import type { LayoutRule } from '../layout-rule-names.js';

/** How a field stands in a file, and how it stands with us. Undefined: it cannot be turned. */
export interface Form {
  /** The rule that a text breaks which cannot be read. */
  readonly rule: LayoutRule;
  /** Canonical text of ours from the text of a file, which is not empty. */
  read(text: string): string | undefined;
  /** Text for a file from canonical text of ours, which is not empty. */
  write(ours: string): string | undefined;
}

/** Distinct texts that a form remembers: dates and words come again and again. */
const REMEMBERED = 4096;

/** The same, each distinct text turned once for as long as there are few. */
export function remembering(turn: (text: string) => string | undefined) {
  let known = new Map<string, string>();
  return (text: string): string | undefined => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const turned = turn(text);
    if (turned === undefined) return undefined;
    if (known.size >= REMEMBERED) known = new Map();
    known.set(text, turned);
    return turned;
  };
}
