import { EXIT, LoanbookError } from '../../errors.js';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000_000;

/** An option that is a whole number; undefined stays undefined. Throws `malformed_number` (2). */
export function countOption(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new LoanbookError('malformed_number', `${name} is not a number from ${min} to ${max}`, {
    exitCode: EXIT.usage,
    evidence: { option: name, value: text },
    next: `give ${name} a whole number from ${min} to ${max}`,
  });
}

/** How many lines `--limit` asks for. Throws LoanbookError `malformed_number` (2). */
export function limitOption(text: string | undefined): number {
  return countOption('--limit', text, 1, LIMIT_MAX) ?? LIMIT_DEFAULT;
}
