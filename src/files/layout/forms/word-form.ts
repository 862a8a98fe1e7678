import type { Form } from './form.js';

/** Their words by ours; of several the first is written, each is read. */
export function wordForm(values: Readonly<Record<string, string | readonly string[]>>): Form {
  const ours = new Map<string, string>();
  const theirs = new Map<string, string>();
  for (const [word, named] of Object.entries(values)) {
    const words = typeof named === 'string' ? [named] : named;
    if (words[0] !== undefined) theirs.set(word, words[0]);
    for (const other of words) ours.set(other, word);
  }
  return {
    rule: 'unknown_word',
    read: (text) => ours.get(text),
    write: (word) => theirs.get(word),
  };
}
