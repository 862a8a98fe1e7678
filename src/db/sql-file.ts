import { readFileSync } from 'node:fs';
import { besideModule } from '../package-root.js';

/** A name in a statement that a text takes the place of, such as `:position`; a cast is none. */
const PART = /(?<!:):([a-z]+)\b/g;
/** For who reads the file: a part that it names would stand in the statement twice. */
const COMMENT = /^--.*\n/gm;

/**
 * The text of a statement of the module's folder `sql`, one statement a file, with the text of each
 * of its parts in place of the part's name. Throws for a part without a text.
 */
export function readSql(
  moduleUrl: string,
  name: string,
  parts: Readonly<Record<string, string | number>> = {},
): string {
  const sql = readFileSync(besideModule('src', moduleUrl, `sql/${name}.sql`), 'utf8');
  return sql.replace(COMMENT, '').replace(PART, (_, part: string) => {
    const text = parts[part];
    if (text === undefined) throw new Error(`no text for :${part} of ${name}.sql`);
    return String(text);
  });
}
