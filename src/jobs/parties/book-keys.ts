import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { refusing } from '../approvals/acting.js';
import { writeAudit } from '../approvals/audit.js';
import { openDate } from '../book/open-day.js';
import { type KeySource, makeKeys, readKeys, sourceName } from './key-source.js';
import type { MasterKeys } from './key-text.js';
import { PartySealer } from './party-sealer.js';
import { keyedHash, type Suite, type SuiteKey } from './suite.js';

const CHECK_BYTES = 8;
/** The number under which the look-up key is kept: versions begin with 1. */
const LOOK_UP_VERSION = 0;

/** What a book keeps of a key: enough to tell another one, and nothing to find it by. */
export function checkValue(key: SuiteKey): Buffer {
  return keyedHash(key, 'check').subarray(0, CHECK_BYTES);
}

interface KnownKey {
  readonly version: number;
  readonly suite: Suite;
  readonly check: Buffer;
}

/** Those that the book needs, in the order of versions. */
async function knownKeys(client: pg.Client): Promise<KnownKey[]> {
  const { rows } = await client.query<KnownKey>(
    `SELECT version, suite, check_value AS check FROM master_key WHERE retired_at IS NULL
     ORDER BY version`,
  );
  return rows;
}

function keyOf(keys: MasterKeys, version: number): SuiteKey | undefined {
  if (version === LOOK_UP_VERSION) return keys.lookUp;
  return keys.sealing.find((key) => key.version === version);
}

/** Throws `key_differs` (2) where a key at hand is not the one that the book knows. */
function requireSame(source: KeySource, keys: MasterKeys, known: readonly KnownKey[]): void {
  for (const { version, suite, check } of known) {
    const key = keyOf(keys, version);
    if (key?.suite === suite && checkValue(key).equals(check)) continue;
    const name = version === LOOK_UP_VERSION ? 'lookup' : String(version);
    throw new LoanbookError('key_differs', 'The master keys at hand are not those of this book.', {
      exitCode: EXIT.usage,
      evidence: {
        keys: sourceName(source),
        key: name,
        rule: key === undefined ? 'every key of the book is at hand' : 'the key of the book',
      },
      next: 'Name the keys of this book with LOANBOOK_KEYS or LOANBOOK_KEYS_COMMAND.',
    });
  }
}

/**
 * The master keys of the book; undefined where there are none, or none at hand. One that the book
 * does not know yet is none of them. Throws LoanbookError `key_differs` (2) and what `readKeys`
 * throws.
 */
async function keysAtHand(client: pg.Client, source: KeySource): Promise<MasterKeys | undefined> {
  const known = await knownKeys(client);
  if (known.length === 0) return undefined;
  const keys = await readKeys(source);
  if (keys === undefined) return undefined;
  requireSame(source, keys, known);
  const versions = new Set(known.map(({ version }) => version));
  return { ...keys, sealing: keys.sealing.filter(({ version }) => versions.has(version)) };
}

/** As `keysAtHand`; throws LoanbookError `no_keys`, `keys_missing` (2) where there are none. */
export async function requireKeys(client: pg.Client, source: KeySource): Promise<MasterKeys> {
  const keys = await keysAtHand(client, source);
  if (keys !== undefined) return keys;
  if ((await knownKeys(client)).length === 0) {
    throw new LoanbookError('no_keys', 'The book has no master keys yet.', {
      exitCode: EXIT.usage,
      next: 'Make them with `loanbook keys init`.',
    });
  }
  throw new LoanbookError('keys_missing', 'The master keys of the book are not here.', {
    exitCode: EXIT.usage,
    evidence: { keys: sourceName(source) },
    next:
      'Name their file with LOANBOOK_KEYS, or a command that prints them with ' +
      'LOANBOOK_KEYS_COMMAND.',
  });
}

/** Seals and opens with the master keys of the book. Throws what `requireKeys` throws. */
export async function sealerOf(client: pg.Client, source: KeySource): Promise<PartySealer> {
  const keysNow = () => requireKeys(client, source);
  return new PartySealer(await keysNow(), keysNow);
}

/** Undefined where the keys are not at hand; throws what `keysAtHand` throws. */
export async function sealerAtHand(
  client: pg.Client,
  source: KeySource,
): Promise<PartySealer | undefined> {
  const keys = await keysAtHand(client, source);
  return keys === undefined ? undefined : new PartySealer(keys, () => requireKeys(client, source));
}

export interface InitialKeys {
  readonly keys: string;
  readonly version: number;
  readonly suite: Suite;
  /** `made`: in the file; `taken`: they were there, and the book knows them from now on. */
  readonly outcome: 'made' | 'taken' | 'unchanged';
}

/**
 * Gives the book its first master keys: those of the file or the command, or new ones in the file
 * where it is not there. Again it changes nothing. Throws what `requireKeys` throws, and `no_book`.
 */
export async function initKeys(
  client: pg.Client,
  { source, suite, by }: { source: KeySource; suite: Suite; by: string },
): Promise<InitialKeys> {
  await openDate(client);
  const known = await knownKeys(client);
  const keys = known.length === 0 ? undefined : await requireKeys(client, source);
  if (keys !== undefined) {
    return { keys: sourceName(source), ...newest(keys), outcome: 'unchanged' };
  }
  const found = await readKeys(source);
  const given = found ?? (await newKeys(source, suite));
  const rows = [{ version: LOOK_UP_VERSION, key: given.lookUp }].concat(
    given.sealing.map((key) => ({ version: key.version, key })),
  );
  await inTransaction(client, async () => {
    const checks = rows.map(({ version, key }) => ({
      version,
      suite: key.suite,
      check: checkValue(key).toString('hex'),
    }));
    await refusing(() =>
      client.query('SELECT keep_master_keys($1, $2)', [JSON.stringify(checks), by]),
    );
    await writeAudit(client, {
      action: 'keys init',
      subject: newest(given).version,
      after: { keys: checks.map(({ version, suite: of }) => ({ version, suite: of })) },
    });
  });
  const outcome = found === undefined ? 'made' : 'taken';
  return { keys: sourceName(source), ...newest(given), outcome };
}

async function newKeys(source: KeySource, suite: Suite): Promise<MasterKeys> {
  if ('file' in source) return makeKeys(source.file, suite);
  throw new LoanbookError('keys_missing', 'The command printed no keys.', {
    exitCode: EXIT.usage,
    evidence: { keys: sourceName(source) },
    next: 'Make keys in a file first: `loanbook keys init` without LOANBOOK_KEYS_COMMAND.',
  });
}

export function newest({ sealing }: MasterKeys): { version: number; suite: Suite } {
  const { version, suite } = sealing.at(-1)!;
  return { version, suite };
}

export interface KeyLine {
  /** `lookup`, or the version. */
  readonly key: string;
  readonly suite: Suite;
  readonly use: 'look-ups' | 'seals what is new' | 'opens what it sealed' | 'retired';
  /** Data keys that are sealed with it. */
  readonly parties: number;
  readonly madeAt: string;
  readonly madeBy: string;
  readonly retiredAt: string | null;
}

/** The keys that the book knows, with how many parties each has sealed. */
export async function listKeys(client: pg.Client): Promise<KeyLine[]> {
  const { rows } = await client.query<KeyLine>(readSql(import.meta.url, 'keys-list'));
  return rows;
}
