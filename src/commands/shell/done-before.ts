import type { CommandContext } from './context.js';

/** Says that nothing was done because it was done already: a command may be run again. */
export function noteDoneBefore(context: CommandContext, ...outcomes: readonly string[]): void {
  const isDone = outcomes.length > 0 && outcomes.every((outcome) => outcome === 'unchanged');
  if (isDone) context.note('Nothing was changed: it had been done before.');
}
