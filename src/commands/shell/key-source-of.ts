import { join } from 'node:path';
import type { KeySource } from '../../jobs/parties/key-source.js';
import type { CommandContext } from './context.js';

/** In the book's folder, where nothing else is said. */
const KEYS_FILE = 'keys';

/**
 * Where the master keys are: the output of LOANBOOK_KEYS_COMMAND, else the file LOANBOOK_KEYS, else
 * `keys` in the book's folder. Never in the database: whoever may write there would be run here.
 */
export function keySourceOf({
  env,
  bookFolder,
}: Pick<CommandContext, 'env' | 'bookFolder'>): KeySource {
  const command = env.LOANBOOK_KEYS_COMMAND?.trim();
  if (command) return { command };
  return { file: env.LOANBOOK_KEYS || join(bookFolder, KEYS_FILE) };
}

/** Where the list of erasures is kept beside the book: LOANBOOK_ERASURES, else in its folder. */
export function erasuresFileOf({
  env,
  bookFolder,
}: Pick<CommandContext, 'env' | 'bookFolder'>): string {
  return env.LOANBOOK_ERASURES || join(bookFolder, 'erasures.json');
}
