import { EXIT, LoanbookError } from '../../errors.js';

/** The number of a break. Throws LoanbookError `malformed_number` (2). */
export function breakId(text: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw new LoanbookError('malformed_number', 'The number of a break is a whole number.', {
    exitCode: EXIT.usage,
    evidence: { value: text },
    next: '`loanbook breaks list` shows them.',
  });
}
