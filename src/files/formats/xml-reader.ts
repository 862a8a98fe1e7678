import { SaxesParser } from 'saxes';
import { decodedText } from './decoded-text.js';
import type { TextOptions } from './read-options.js';
import { refusedFile } from './refused-file.js';

const DEPTH_MAX = 100;
/** Characters without an element's begin or end: a cell holds 32,767. */
const QUIET_CHARS_MAX = 1 << 22;
const HEAD_BYTES = 200;
const DECLARED = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/;

export type XmlAttributes = Readonly<Record<string, string>>;

/** Is told of elements by their local names; prefixes are left out. */
export interface XmlHandler {
  open(name: string, attributes: XmlAttributes): void;
  /** `text` is what stands in the element itself behind its last child. */
  close(name: string, text: string): void;
}

/** Where the text comes from, for errors: a file, and the part of it where it is an archive. */
export interface XmlSource {
  readonly file: string;
  readonly part?: string | undefined;
}

/**
 * A reader of XML that is fed with text as it comes, in constant memory. Throws LoanbookError
 * `xml_malformed`, `xml_doctype` and `xml_entity` (an entity that a document would define is never
 * expanded, nor looked for elsewhere), `xml_too_deep`, `xml_too_long`, each with line and column.
 *
 * saxes (ISC, 170 kB, one small dependency, of jsdom): it checks that the text is well-formed.
 */
export class XmlReader {
  readonly #parser = new SaxesParser({ xmlns: false });
  readonly #source: XmlSource;
  #depth = 0;
  #text = '';
  #events = 0;
  #quietChars = 0;

  constructor(source: XmlSource, handler: XmlHandler) {
    this.#source = source;
    const parser = this.#parser;
    parser.on('error', (error) => {
      const isEntity = /entity/i.test(error.message);
      throw this.#refused(isEntity ? 'xml_entity' : 'xml_malformed', reasonOf(error));
    });
    parser.on('doctype', () => {
      throw this.#refused('xml_doctype', 'no document type');
    });
    parser.on('opentag', ({ name, attributes }) => {
      this.#events += 1;
      this.#depth += 1;
      if (this.#depth > DEPTH_MAX) throw this.#refused('xml_too_deep', `at most ${DEPTH_MAX}`);
      this.#text = '';
      handler.open(localName(name), attributes);
    });
    const addText = (text: string) => {
      this.#text += text;
    };
    parser.on('text', addText);
    parser.on('cdata', addText);
    parser.on('closetag', ({ name }) => {
      this.#events += 1;
      this.#depth -= 1;
      const text = this.#text;
      this.#text = '';
      handler.close(localName(name), text);
    });
  }

  /** The line that the reader has come to, counted from 1. */
  get line(): number {
    return this.#parser.line;
  }

  write(text: string): void {
    const before = this.#events;
    this.#parser.write(text);
    this.#quietChars = this.#events === before ? this.#quietChars + text.length : 0;
    if (this.#quietChars > QUIET_CHARS_MAX) {
      throw this.#refused('xml_too_long', `at most ${QUIET_CHARS_MAX} characters in an element`);
    }
  }

  end(): void {
    this.#parser.close();
  }

  #refused(code: string, rule: string): Error {
    const { line, column } = this.#parser;
    const { file, part } = this.#source;
    const next = XML_NEXT[code];
    return refusedFile(code, XML_MESSAGES[code] ?? '', { file, part, line, column, rule }, next);
  }
}

const XML_MESSAGES: Readonly<Record<string, string>> = {
  xml_malformed: 'The XML is not well-formed.',
  xml_doctype: 'The XML has a document type, which may bring text from elsewhere.',
  xml_entity: 'The XML has an entity that XML itself does not know.',
  xml_too_deep: 'The XML is nested too deeply.',
  xml_too_long: 'The XML has an element without an end.',
};
const XML_NEXT: Readonly<Record<string, string>> = {
  xml_doctype: 'Ask for the file without <!DOCTYPE>.',
  xml_entity: 'Ask for the file with the characters themselves.',
};

/** Reads a whole file of XML; after each piece of it `taken` is yielded where it is something. */
export async function* xmlPieces<T>(
  path: string,
  options: TextOptions,
  reader: XmlReader,
  take: () => T | undefined,
): AsyncGenerator<T> {
  for await (const text of decodedText(path, options, declaredCharset)) {
    reader.write(text);
    const taken = take();
    if (taken !== undefined) yield taken;
  }
  reader.end();
  const taken = take();
  if (taken !== undefined) yield taken;
}

/** The charset that an XML declaration names. */
export function declaredCharset(head: Buffer): string {
  const declared = DECLARED.exec(head.subarray(0, HEAD_BYTES).toString('latin1'))?.[1];
  // The bytes have no mark of UTF-16, and the declaration could be read: it is something else.
  return declared === undefined || /^utf-?16/i.test(declared) ? 'utf-8' : declared;
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** The parser puts line and column before its words. */
function reasonOf(error: Error): string {
  return error.message.replace(/^\d+:\d+: /, '');
}
