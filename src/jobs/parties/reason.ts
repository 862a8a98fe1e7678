import { EXIT, LoanbookError } from '../../errors.js';
import { requireNothingPersonal } from '../../files/mask.js';

const REASON_CHARS_MAX = 500;

/**
 * Why somebody sees or erases a customer, as the audit keeps it. Throws LoanbookError
 * `reason_missing`, `reason_is_personal` (2).
 */
export function requireReason(said: string): string {
  const reason = said.trim();
  requireNothingPersonal('--reason', reason);
  if (reason !== '' && reason.length <= REASON_CHARS_MAX) return reason;
  throw new LoanbookError('reason_missing', 'This is done for a reason.', {
    exitCode: EXIT.usage,
    next: `Say why with --reason, in ${REASON_CHARS_MAX} characters at most; the audit keeps it.`,
  });
}
