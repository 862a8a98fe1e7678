import { EXIT, LoanbookError } from '../../../errors.js';

/** The number of a voucher as `gl voucher list` shows it. Throws `malformed_number` (exit 2). */
export function voucherId(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new LoanbookError('malformed_number', 'That is no number of a voucher.', {
    exitCode: EXIT.usage,
    evidence: { id: text },
    next: '`loanbook gl voucher list` shows them in its first column.',
  });
}
