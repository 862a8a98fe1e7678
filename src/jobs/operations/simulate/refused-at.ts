import { Refusal } from '../../../accounting/money/refusal.js';
import { EXIT, LoanbookError } from '../../../errors.js';

/** A refusal of an engine as an error of the input that it names. */
export function refusedAt(error: unknown, source: string, path: string): unknown {
  if (!(error instanceof Refusal || error instanceof LoanbookError)) return error;
  const { code, evidence } = error;
  return new LoanbookError(code, `${source}: ${path}: ${error.message}`, {
    exitCode: EXIT.usage,
    evidence: { source, path, rule: code, ...evidence },
  });
}
