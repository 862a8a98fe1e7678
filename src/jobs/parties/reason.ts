import { EXIT, LoanbookError } from '../../errors.js';
import { isPersonal } from '../../files/mask.js';

const REASON_CHARS_MAX = 500;

/**
 * Why somebody sees or erases a customer, as the audit keeps it. Throws LoanbookError
 * `reason_missing`, `reason_is_personal` (2).
 */
export function requireReason(said: string): string {
  const reason = said.trim();
  if (reason === '' || reason.length > REASON_CHARS_MAX) throw reasonMissing();
  if (isPersonal(reason)) throw reasonIsPersonal();
  return reason;
}

function reasonMissing(): LoanbookError {
  return new LoanbookError('reason_missing', 'This is done for a reason.', {
    exitCode: EXIT.usage,
    next: `Say why with --reason, in ${REASON_CHARS_MAX} characters at most; the audit keeps it.`,
  });
}

function reasonIsPersonal(): LoanbookError {
  return new LoanbookError('reason_is_personal', 'The reason holds personal data.', {
    exitCode: EXIT.usage,
    evidence: { option: '--reason', rule: 'no identity number, phone or card' },
    next: 'Name the case or the loan instead: the audit is read by others.',
  });
}
