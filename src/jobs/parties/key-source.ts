import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, LoanbookError } from '../../errors.js';
import { NewFile } from '../../files/new-file.js';
import { keyText, type MasterKeys, parseKeys } from './key-text.js';
import { KEY_BYTES, type Suite } from './suite.js';

/** Where the master keys come from: a file that its owner alone reads, or a command's output. */
export type KeySource =
  | { readonly file: string }
  /** A program with its arguments, parted by blanks; no shell reads it. */
  | { readonly command: string };

const MODE = 0o600;
const COMMAND_MS_MAX = 30_000;
const KEYS_BYTES_MAX = 1 << 20;

export function sourceName(source: KeySource): string {
  return 'file' in source ? source.file : `the command ${source.command.split(/\s+/)[0]}`;
}

/**
 * Reads the master keys; undefined where the file is not there. Throws LoanbookError
 * `keys_open_to_others`, `keys_unreadable` (2), `invalid_keys` (2), `key_command_failed`.
 */
export async function readKeys(source: KeySource): Promise<MasterKeys | undefined> {
  const text = 'file' in source ? await textOfFile(source.file) : await textOf(source.command);
  return text === undefined ? undefined : parseKeys(text, sourceName(source));
}

/** Makes new keys in a file that is not there yet, version 1. */
export async function makeKeys(file: string, suite: Suite): Promise<MasterKeys> {
  const keys = {
    lookUp: { suite, key: randomBytes(KEY_BYTES) },
    sealing: [{ suite, version: 1, key: randomBytes(KEY_BYTES) }],
  };
  await writeKeys(file, keyText(keys));
  return keys;
}

/** Adds a new key to a file of keys, behind what stands there. */
export async function addKey(
  file: string,
  { version, suite }: { readonly version: number; readonly suite: Suite },
): Promise<void> {
  const text = (await textOfFile(file)) ?? '';
  const key = randomBytes(KEY_BYTES).toString('hex');
  const end = text.endsWith('\n') ? '' : '\n';
  await writeKeys(file, `${text}${end}${version} ${suite} ${key}\n`);
}

/** On the disk, its name too, before anything is sealed with what it holds. */
async function writeKeys(file: string, text: string): Promise<void> {
  const made = await NewFile.create(file, MODE);
  try {
    await made.write(text);
    await made.publish();
  } catch (error) {
    await made.discard();
    throw error;
  }
  const folder = await open(dirname(file), constants.O_RDONLY);
  await folder.sync().finally(() => folder.close());
}

async function textOfFile(file: string): Promise<string | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw unreadable(file, code ?? String(error), error);
  }
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw unreadable(file, 'not a file');
    if (found.size > KEYS_BYTES_MAX) throw unreadable(file, 'too large');
    if ((found.mode & 0o077) !== 0) throw openToOthers(file, found.mode & 0o777);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function textOf(command: string): Promise<string> {
  const [program = '', ...words] = command.trim().split(/\s+/);
  return new Promise((resolve, reject) => {
    const limits = { timeout: COMMAND_MS_MAX, maxBuffer: KEYS_BYTES_MAX };
    // What it printed may hold keys: neither output goes into the error.
    execFile(program, words, { ...limits, encoding: 'utf8' }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(commandFailed(program, error.killed === true ? 'timeout' : error.code));
    });
  });
}

function openToOthers(file: string, mode: number): LoanbookError {
  return new LoanbookError('keys_open_to_others', 'Others can read the master keys.', {
    exitCode: EXIT.usage,
    evidence: { file, mode: mode.toString(8).padStart(4, '0'), rule: 'mode 0600' },
    next: 'Take their rights away with `chmod 600`; who may have read them has read the keys.',
  });
}

function unreadable(file: string, reason: string, cause?: unknown): LoanbookError {
  return new LoanbookError('keys_unreadable', 'The file of master keys cannot be read.', {
    exitCode: EXIT.usage,
    evidence: { file, reason },
    next: 'Name a regular file of your own with LOANBOOK_KEYS.',
    cause,
  });
}

function commandFailed(program: string, reason: unknown): LoanbookError {
  return new LoanbookError('key_command_failed', 'The command for the master keys failed.', {
    exitCode: EXIT.failed,
    evidence: { command: program, reason: String(reason ?? 'unknown') },
    next: 'Run the command of LOANBOOK_KEYS_COMMAND by hand: it prints the keys and exits with 0.',
  });
}
