import { z } from 'zod';
import { integer, mapping, oneOf, words } from '../../../documents/fields.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import { LOOK_UP_FIELDS } from '../../parties/look-up.js';
import { NONCE_BYTES } from '../../parties/seal.js';
import { KEY_BYTES, SUITES, type Suite } from '../../parties/suite.js';

const VERSION_MAX = 65_535;

const shared = {
  kind: oneOf('seal'),
  suite: oneOf(...SUITES),
  // Checked below: an error of the shape would show it.
  master: z.unknown(),
};
/** A text that no error shows. */
const clear = z.unknown();

const sealSchema = mapping({
  ...shared,
  do: oneOf('seal'),
  version: integer(1, VERSION_MAX),
  nonce: words(),
  context: words(),
  text: clear,
});
const openSchema = mapping({ ...shared, do: oneOf('open'), context: words(), sealed: words() });
const lookUpSchema = mapping({
  ...shared,
  do: oneOf('lookup'),
  field: oneOf(...LOOK_UP_FIELDS),
  value: clear,
});

interface Keyed {
  readonly suite: Suite;
  readonly master: Buffer;
}

export type SealInput = Keyed &
  (
    | {
        readonly do: 'seal';
        readonly version: number;
        readonly nonce: Buffer;
        readonly context: string;
        readonly text: string;
      }
    | { readonly do: 'open'; readonly context: string; readonly sealed: Buffer }
    | { readonly do: 'lookup'; readonly field: string; readonly value: string }
  );

/**
 * What `simulate` of sealing takes. Throws LoanbookError `invalid_document`, with paths, and never
 * shows a key or a clear value.
 */
export function readSealInput(input: unknown, name: string): SealInput {
  const wanted = typeof input === 'object' && input !== null ? Reflect.get(input, 'do') : undefined;
  const faults = new Faults();
  const read = (): SealInput => {
    if (wanted === 'open') {
      const { suite, master, context, sealed } = checkShape(openSchema, input, { name });
      const key = faults.hex('master', master, KEY_BYTES);
      return { suite, master: key, do: 'open', context, sealed: faults.hex('sealed', sealed) };
    }
    if (wanted === 'lookup') {
      const { suite, master, field, value } = checkShape(lookUpSchema, input, { name });
      const key = faults.hex('master', master, KEY_BYTES);
      return { suite, master: key, do: 'lookup', field, value: faults.text('value', value) };
    }
    if (wanted !== 'seal') {
      const rule = 'must be one of seal, open, lookup';
      refuseViolations({ name }, [{ path: 'do', rule, value: wanted }]);
    }
    const given = checkShape(sealSchema, input, { name });
    const { suite, version, context } = given;
    const master = faults.hex('master', given.master, KEY_BYTES);
    const nonce = faults.hex('nonce', given.nonce, NONCE_BYTES[suite]);
    return {
      suite,
      master,
      do: 'seal',
      version,
      nonce,
      context,
      text: faults.text('text', given.text),
    };
  };
  const found = read();
  refuseViolations({ name }, faults.list);
  return found;
}

/** Checks without showing what breaks them. */
class Faults {
  readonly list: Violation[] = [];

  hex(path: string, value: unknown, bytes?: number): Buffer {
    const text = typeof value === 'string' ? value : '';
    const isHex = /^(?:[0-9a-fA-F]{2})+$/.test(text);
    if (!isHex || (bytes !== undefined && text.length !== 2 * bytes)) {
      const digits = bytes === undefined ? 'pairs of' : `${2 * bytes}`;
      this.list.push({ path, rule: `must be ${digits} hexadecimal digits` });
    }
    return Buffer.from(text, 'hex');
  }

  text(path: string, value: unknown): string {
    if (typeof value === 'string') return value;
    this.list.push({ path, rule: value === undefined ? 'is required' : 'must be text' });
    return '';
  }
}
