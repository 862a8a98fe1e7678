import { normalForm } from '../../files/normal-form.js';
import type { MasterKeys } from './key-text.js';
import { LookUps } from './look-up.js';
import { canonicalJson, type PartyRecord } from './party-record.js';
import {
  HEAD_BYTES,
  notAuthentic,
  open,
  randomNonce,
  type SealingKey,
  seal,
  sealedBy,
} from './seal.js';
import { KEY_BYTES } from './suite.js';

/** The number of the key of a party: it has one. */
const DATA_KEY_VERSION = 1;

/** A record as it is stored; no part of it can be read without the master keys. */
export interface SealedRecord {
  readonly record: Buffer;
  readonly content: Buffer;
  readonly lookups: readonly Buffer[];
}

/** What the sealed key of a party stands in. */
export const keyRow = (party: string): string => `party_key|${party}`;

/** Seals records for their parties, and opens them. Throws LoanbookError `not_authentic` (3). */
export class PartySealer {
  #keys: MasterKeys;
  readonly #lookUps: LookUps;
  readonly #keysNow: () => Promise<MasterKeys>;

  /** `keysNow` gives the master keys as the book knows them by now. */
  constructor(keys: MasterKeys, keysNow: () => Promise<MasterKeys>) {
    this.#keys = keys;
    this.#lookUps = new LookUps(keys.lookUp);
    this.#keysNow = keysNow;
  }

  /**
   * Call it with the sealed keys of parties that were just read, before they are opened: one may be
   * under a master key that was made since the keys were read.
   */
  async meet(sealedKeys: readonly Buffer[]): Promise<void> {
    const versions = new Set(this.#keys.sealing.map(({ version }) => version));
    const isKnown = (sealed: Buffer) =>
      sealed.length <= HEAD_BYTES || versions.has(sealed.readUInt16BE(1));
    if (!sealedKeys.every(isKnown)) this.#keys = await this.#keysNow();
  }

  /** A new key for a party, and the form in which it is stored. */
  newKey(party: string): { key: SealingKey; sealed: Buffer } {
    const master = this.#keys.sealing.at(-1)!;
    const key = randomNonce(KEY_BYTES);
    const sealed = seal(master, keyRow(party), key);
    return { key: { suite: master.suite, version: DATA_KEY_VERSION, key }, sealed };
  }

  /** The key of a party out of its stored form. */
  openKey(party: string, sealed: Buffer): SealingKey {
    const { suite, version } = sealedBy(sealed, keyRow(party));
    const master = this.#keys.sealing.find((key) => key.version === version);
    // Such a version was never given to this book: the bytes were made elsewhere.
    if (master === undefined) {
      throw notAuthentic(keyRow(party), sealed, `under a master key of the book, not ${version}`);
    }
    const key = open(master, keyRow(party), sealed);
    return { suite, version: DATA_KEY_VERSION, key };
  }

  seal(party: string, key: SealingKey, record: PartyRecord): Buffer {
    return seal(key, `party|${party}`, Buffer.from(canonicalJson(record)));
  }

  open(party: string, sealedKey: Buffer, record: Buffer): PartyRecord {
    const { key } = this.openKey(party, sealedKey);
    // The record stays as it was sealed: its master key may have been of another suite.
    const { suite } = sealedBy(record, `party|${party}`);
    return JSON.parse(open({ suite, key }, `party|${party}`, record).toString()) as PartyRecord;
  }

  /** Whether another record says the same. */
  content(party: string, record: PartyRecord): Buffer {
    return this.#lookUps.hashNormal('record', `${party}|${canonicalJson(record)}`);
  }

  /** The hashes by which a party is found. */
  lookups({ name, id_number, phones = [], accounts = [] }: PartyRecord): Buffer[] {
    const hashes = [this.#lookUps.hashNormal('name', normalForm('name', name))];
    if (id_number !== undefined) hashes.push(this.#lookUps.hashNormal('id_number', id_number));
    for (const phone of phones) hashes.push(this.#lookUps.hashNormal('phone', phone));
    for (const account of accounts) hashes.push(this.#lookUps.hashNormal('account', account));
    return hashes;
  }

  lookUp(field: string, value: string): Buffer {
    return this.#lookUps.hash(field, value);
  }
}
