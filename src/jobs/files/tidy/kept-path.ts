import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isPersonal } from '../../../files/mask.js';
import { isSystemError, makePath } from '../folder.js';
import { hasSecret, isMarked, KeptNames, rawOf } from '../kept-names.js';
import { rawName, shownName } from '../shown-name.js';

/**
 * Paths as a register keeps them: absolute, without links, and each part that holds a number of a
 * person masked, with a mark made by a secret in the folder of the book.
 */
export class KeptPaths {
  readonly #home: string;

  /** `home`: the folder of the book; it is made where a secret has to lie in it. */
  constructor(home: string) {
    this.#home = home;
  }

  /** The folder of the path is there. Throws as `KeptNames.of` does. */
  async of(path: string): Promise<string> {
    const whole = join(realpathSync(dirname(resolve(path))), basename(path));
    const shown = partsOf(whole).map((part) => shownName(Buffer.from(part)));
    const isPlain = shown.every((part) => !isPersonal(part) && !isMarked(part));
    if (!isPlain) await makePath(this.#home);
    const names = isPlain ? undefined : this.#names();
    const kept: string[] = [];
    for (const part of shown) kept.push((await names?.of(part)) ?? part);
    return `/${kept.join('/')}`;
  }

  /** Whether the secret is gone by which a part of the path was marked. */
  isLost(kept: string): boolean {
    return partsOf(kept).some(isMarked) && !hasSecret(this.#home);
  }

  /** The path that is kept so; undefined: nothing lies there that could be it. */
  async find(kept: string): Promise<string | undefined> {
    let path = '/';
    for (const part of partsOf(kept)) {
      const raw = isMarked(part) ? await this.#named(path, part) : rawName(part);
      if (raw === undefined) return undefined;
      path = join(path, raw.toString());
    }
    return path;
  }

  async #named(folder: string, part: string): Promise<Buffer | undefined> {
    try {
      const raws = readdirSync(folder, { encoding: 'buffer' });
      const files = raws.map((raw) => ({ name: shownName(raw), raw }));
      return await rawOf(part, files, this.#names());
    } catch (error) {
      if (isSystemError(error)) return undefined;
      throw error;
    }
  }

  #names(): KeptNames {
    return new KeptNames(realpathSync(this.#home), 'book');
  }
}

function partsOf(path: string): string[] {
  return path.split('/').slice(1);
}
