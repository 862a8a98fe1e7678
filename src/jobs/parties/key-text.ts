import { EXIT, LoanbookError } from '../../errors.js';
import type { SealingKey } from './seal.js';
import { KEY_BYTES, SUITES, type Suite, type SuiteKey } from './suite.js';

/** The master keys of a book: one for look-ups, and those that seal, by version. */
export interface MasterKeys {
  readonly lookUp: SuiteKey;
  /** In ascending order of versions; the last one seals what is new. */
  readonly sealing: readonly SealingKey[];
}

const LOOK_UP = 'lookup';
const VERSION_MAX = 65_535;

/**
 * Reads master keys: a line each, `lookup` or a version from 1, suite, 64 hexadecimal digits; `#`
 * begins a comment. Throws LoanbookError `invalid_keys` (2) with file, line and rule, never a key.
 */
export function parseKeys(text: string, source: string): MasterKeys {
  let lookUp: SuiteKey | undefined;
  const sealing = new Map<number, SealingKey>();
  const seen = new Set<string>();
  const lines = text.split(/\r?\n/);
  for (const [at, line] of lines.entries()) {
    const words = line.replace(/#.*$/, '').trim().split(/\s+/);
    if (words[0] === '') continue;
    const wrong = (rule: string) => invalidKeys(source, at + 1, rule);
    const [name = '', suite = '', hex = '', ...more] = words;
    if (more.length > 0) throw wrong('a line is a name, a suite and a key');
    if (!isSuite(suite)) throw wrong(`the suite is ${SUITES.join(' or ')}`);
    if (!/^[0-9a-f]+$/i.test(hex) || hex.length !== 2 * KEY_BYTES) {
      throw wrong(`a key is ${2 * KEY_BYTES} hexadecimal digits`);
    }
    if (seen.has(hex.toLowerCase())) throw wrong('every key is another one');
    seen.add(hex.toLowerCase());
    const key = Buffer.from(hex, 'hex');
    if (name === LOOK_UP) {
      if (lookUp !== undefined) throw wrong('there is one key for look-ups');
      lookUp = { suite, key };
      continue;
    }
    const version = /^[1-9][0-9]{0,4}$/.test(name) ? Number(name) : VERSION_MAX + 1;
    if (version > VERSION_MAX)
      throw wrong(`the name is ${LOOK_UP} or a version, 1 to ${VERSION_MAX}`);
    if (sealing.has(version)) throw wrong('a version has one key');
    sealing.set(version, { suite, version, key });
  }
  if (lookUp === undefined)
    throw invalidKeys(source, lines.length, `there is a key for ${LOOK_UP}`);
  if (sealing.size === 0) throw invalidKeys(source, lines.length, 'there is a key of version 1');
  const ascending = [...sealing.values()].sort((a, b) => a.version - b.version);
  return { lookUp, sealing: ascending };
}

/** The text that `parseKeys` reads. */
export function keyText({ lookUp, sealing }: MasterKeys): string {
  const lines = [
    '# Master keys of a loan book: who has them can read its customers. Keep them apart from its',
    '# backups, and never lose them. docs/parties.md',
    `${LOOK_UP} ${lookUp.suite} ${lookUp.key.toString('hex')}`,
    ...sealing.map(({ version, suite, key }) => `${version} ${suite} ${key.toString('hex')}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function isSuite(text: string): text is Suite {
  return (SUITES as readonly string[]).includes(text);
}

export function invalidKeys(file: string, line: number, rule: string): LoanbookError {
  return new LoanbookError('invalid_keys', 'The master keys cannot be read.', {
    exitCode: EXIT.usage,
    evidence: { file, line, rule },
    next: 'Give the keys as `loanbook keys init` writes them; docs/parties.md has the form.',
  });
}
