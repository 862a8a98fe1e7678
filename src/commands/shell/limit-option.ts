import { EXIT, LoanbookError } from '../../errors.js';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000_000;

/** How many lines `--limit` asks for. Throws LoanbookError `malformed_number` (2). */
export function limitOption(text: string | undefined): number {
  if (text === undefined) return LIMIT_DEFAULT;
  const limit = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new LoanbookError('malformed_number', `--limit is not a number from 1 to ${LIMIT_MAX}`, {
    exitCode: EXIT.usage,
    evidence: { option: '--limit', value: text },
    next: 'give --limit a whole number',
  });
}
