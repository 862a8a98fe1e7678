import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, constants, lstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, LoanbookError } from '../../errors.js';
import { maskText } from '../../files/mask.js';
import { NewFile } from '../../files/new-file.js';
import type { FileRow } from '../../operations/files/file-row.js';
import {
  type FolderFile,
  type FolderName,
  folderUnusable,
  isSystemError,
  requireFolder,
} from './folder.js';
import { rawName } from './shown-name.js';

const { O_RDONLY, O_NOFOLLOW } = constants;
/** For its owner alone: no copy of the database has it. */
const SECRET = '.loanbook-names';
const SECRET_BYTES = 32;
/** Behind a name that is not kept as it is. */
const MARK = /#[0-9a-f]{10}$/;
/** Before a marked name whose file does not lie there: no file has such a name. */
const ABSENT = '\0';
/** So that the name and its control file fit into a folder. */
const MASKED_BYTES_MAX = 200;

/**
 * Names as the register keeps them. One with a number of a person is kept masked, with a mark by
 * which it is told from others that are masked alike; every other is kept as it is shown.
 */
export class KeptNames {
  readonly #folder: string;
  readonly #is: FolderName;
  #secret: Buffer | undefined;

  /** `folder` has the secret of the marks. */
  constructor(folder: string, is: FolderName = 'work') {
    this.#folder = folder;
    this.#is = is;
  }

  /** Throws LoanbookError `folder_unusable` (1) and `names_secret_broken` (1) where there
   * is no secret to mark it by. */
  async of(shown: string): Promise<string> {
    const masked = maskText(shown);
    if (masked === shown && !MARK.test(shown)) return shown;
    this.#secret ??= await secretOf(this.#folder, this.#is);
    const mark = createHmac('sha256', this.#secret).update(shown).digest('hex').slice(0, 10);
    return `${cut(masked)}#${mark}`;
  }
}

/** Whether there is a secret by which marked names of this folder are found. */
export function hasSecret(folder: string): boolean {
  return lstatSync(join(folder, SECRET), { throwIfNoEntry: false }) !== undefined;
}

/** Whether the name is kept otherwise than it is. */
export function isMarked(kept: string): boolean {
  return MARK.test(kept);
}

/** The bytes of the name of the file that is kept so; undefined: there is none of them. */
export async function rawOf(
  kept: string,
  files: readonly Pick<FolderFile, 'name' | 'raw'>[],
  names: KeptNames,
): Promise<Buffer | undefined> {
  for (const { name, raw } of files) if ((await names.of(name)) === kept) return raw;
  return undefined;
}

/** The names of one look beside those that the register has of them. */
export class NamesOfLook {
  readonly #keptOf: ReadonlyMap<string, string>;
  readonly #shownOf: ReadonlyMap<string, string>;

  private constructor(keptOf: ReadonlyMap<string, string>) {
    this.#keptOf = keptOf;
    this.#shownOf = new Map([...keptOf].map(([shown, kept]) => [kept, shown]));
  }

  static async of(names: KeptNames, files: readonly FolderFile[]): Promise<NamesOfLook> {
    const keptOf = new Map<string, string>();
    for (const { name } of files) keptOf.set(name, await names.of(name));
    return new NamesOfLook(keptOf);
  }

  get kept(): string[] {
    return [...this.#shownOf.keys()];
  }

  keptOf(shown: string): string {
    return shown.startsWith(ABSENT) ? shown.slice(1) : (this.#keptOf.get(shown) ?? shown);
  }

  /** Rows of the register by the names that were seen. */
  seen<Row extends FileRow>(rows: readonly Row[]): Row[] {
    const absent = (kept: string) => (isMarked(kept) ? ABSENT + kept : kept);
    return rows.map((row) => renamed(row, (kept) => this.#shownOf.get(kept) ?? absent(kept)));
  }

  ofRegister<Row extends FileRow>(row: Row): Row {
    return renamed(row, (name) => this.keptOf(name));
  }
}

function renamed<Row extends FileRow>(row: Row, to: (name: string) => string): Row {
  return { ...row, name: to(row.name), of: row.of === null ? null : to(row.of) };
}

function cut(masked: string): string {
  let name = masked;
  while (rawName(name).length > MASKED_BYTES_MAX) name = [...name].slice(0, -1).join('');
  return name;
}

async function secretOf(folder: string, is: FolderName): Promise<Buffer> {
  await requireFolder(is, folder);
  const path = join(folder, SECRET);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    const file = await NewFile.create(path, 0o600);
    await file.write(randomBytes(SECRET_BYTES));
    await file.publish();
  }
  return readSecret(path, (error) => folderUnusable(is, folder, error));
}

function readSecret(path: string, unusable: (error: unknown) => LoanbookError): Buffer {
  let secret: Buffer;
  try {
    const file = openSync(path, O_RDONLY | O_NOFOLLOW);
    try {
      secret = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw isSystemError(error) ? unusable(error) : error;
  }
  if (secret.length === SECRET_BYTES) return secret;
  throw new LoanbookError('names_secret_broken', 'The secret of the marks of names is no secret.', {
    exitCode: EXIT.failed,
    evidence: { file: path, bytes: secret.length, expected: SECRET_BYTES },
    next: 'Take it away: the next look makes a new one, and looks at marked names as new ones.',
  });
}
