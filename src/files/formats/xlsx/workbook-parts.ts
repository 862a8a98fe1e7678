import type { Archive, ArchiveEntry } from '../archive.js';
import type { ReadOptions } from '../read-options.js';
import { refusedFile } from '../refused-file.js';
import { type XmlHandler, XmlReader } from '../xml-reader.js';

interface Related {
  readonly id: string;
  /** `worksheet` and the like: the last word of its type, in the standard's strict form too. */
  readonly kind: string;
  readonly target: string;
}

/** The parts of an open workbook by their names, which know no case. */
export class WorkbookParts {
  readonly archive: Archive;
  readonly #options: ReadOptions;
  readonly #entries = new Map<string, ArchiveEntry>();

  constructor(archive: Archive, options: ReadOptions) {
    this.archive = archive;
    this.#options = options;
    for (const entry of archive.entries) {
      const key = entry.name.toLowerCase();
      if (this.#entries.has(key)) throw this.broken('a part is there twice', entry.name);
      this.#entries.set(key, entry);
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Reads a part; after each piece of it what `take` gives is yielded. */
  async *read<T>(name: string, handler: XmlHandler, take: () => T | undefined): AsyncGenerator<T> {
    const entry = this.#entries.get(name.toLowerCase());
    if (entry === undefined) throw this.broken('a part is missing', name);
    const source = { file: this.archive.path, part: name };
    const reader = new XmlReader(source, handler);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const write = (chunk?: Buffer) => {
      let text: string;
      try {
        text = chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
      } catch {
        throw this.broken('a part is written in UTF-8', name);
      }
      reader.write(text);
      return take();
    };
    for await (const chunk of this.archive.chunks(entry, this.#options)) {
      const taken = write(chunk);
      if (taken !== undefined) yield taken;
    }
    write();
    reader.end();
    const taken = take();
    if (taken !== undefined) yield taken;
  }

  /** Reads a small part whole. */
  async readWhole(name: string, handler: XmlHandler): Promise<void> {
    for await (const _ of this.read(name, handler, () => undefined)) {
      // Nothing is taken before its end.
    }
  }

  /** What a part leads to; targets as names of parts. */
  async related(part: string): Promise<readonly Related[]> {
    const slash = part.lastIndexOf('/');
    const folder = part.slice(0, slash + 1);
    const relations = `${folder}_rels/${part.slice(slash + 1)}.rels`;
    if (!this.has(relations)) return [];
    const found: Related[] = [];
    await this.readWhole(relations, {
      open: (name, { Id = '', Type = '', Target = '', TargetMode }) => {
        if (name !== 'Relationship' || TargetMode === 'External') return;
        const kind = Type.slice(Type.lastIndexOf('/') + 1);
        found.push({ id: Id, kind, target: resolved(folder, Target) });
      },
      close: () => undefined,
    });
    return found;
  }

  broken(rule: string, part: string): Error {
    const evidence = { file: this.archive.path, part, rule };
    const next = 'Open it in a spreadsheet, save it again as .xlsx, and give that.';
    return refusedFile('workbook_malformed', 'The workbook cannot be read.', evidence, next);
  }
}

/** A target is relative to its part's folder, or from the top where it begins with a slash. */
function resolved(folder: string, target: string): string {
  if (target.startsWith('/')) return target.slice(1);
  const words = folder.split('/').filter((word) => word !== '');
  for (const word of target.split('/')) {
    if (word === '..') words.pop();
    else if (word !== '.') words.push(word);
  }
  return words.join('/');
}
