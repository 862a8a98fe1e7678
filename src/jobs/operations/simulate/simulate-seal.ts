import { refuseViolations } from '../../../documents/violations.js';
import { LoanbookError } from '../../../errors.js';
import { normalForm } from '../../../files/normal-form.js';
import { LookUps } from '../../parties/look-up.js';
import { open, seal } from '../../parties/seal.js';
import { readSealInput } from '../documents/seal-input.js';
import { refusedAt } from './refused-at.js';

/**
 * Sealing as the store of parties does it, with a key that is given. Throws LoanbookError
 * `invalid_document`, `not_authentic`, `not_text`.
 */
export function simulateSeal(input: unknown, source = 'seal'): object {
  const given = readSealInput(input, source);
  const { suite, master: key } = given;
  if (given.do === 'seal') {
    const { version, context, text, nonce } = given;
    const sealed = seal({ suite, version, key }, context, Buffer.from(text), nonce);
    return { sealed: sealed.toString('hex') };
  }
  if (given.do === 'open') {
    try {
      return { text: textOf(open({ suite, key }, given.context, given.sealed)) };
    } catch (error) {
      throw refusedAt(error, source, 'sealed');
    }
  }
  const normal = normalForm(given.field, given.value);
  if (normal === '') {
    refuseViolations({ name: source }, [{ path: 'value', rule: 'must be more than separators' }]);
  }
  const hash = new LookUps({ suite, key }).hashNormal(given.field, normal);
  return { normal, hash: hash.toString('hex') };
}

/** To the character: a mark at the beginning is kept. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new LoanbookError('not_text', 'What was sealed is no text in UTF-8.');
  }
}
