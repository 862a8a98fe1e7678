import { normalForm } from '../../files/normal-form.js';
import { keyedHash, type SuiteKey } from './suite.js';

/** The fields by which a party is found. */
export const LOOK_UP_FIELDS = ['id_number', 'phone', 'account', 'name'] as const;
export type LookUpField = (typeof LOOK_UP_FIELDS)[number];

/**
 * Finds rows by a value that they do not hold: a keyed hash of its normal form, under a key of the
 * field, so that the hashes of two fields never meet. 32 bytes.
 */
export class LookUps {
  readonly #master: SuiteKey;
  readonly #keys = new Map<string, SuiteKey>();

  constructor(master: SuiteKey) {
    this.#master = master;
  }

  hash(field: string, value: string): Buffer {
    return this.hashNormal(field, normalForm(field, value));
  }

  /** Of a value that is in its normal form already. */
  hashNormal(field: string, normal: string): Buffer {
    let own = this.#keys.get(field);
    if (own === undefined) {
      own = { suite: this.#master.suite, key: keyedHash(this.#master, `lookup:${field}`) };
      this.#keys.set(field, own);
    }
    return keyedHash(own, normal);
  }
}
