import { readFileSync } from 'node:fs';
import { besideModule } from '../package-root.js';

/** The text of a statement of the module's folder `sql`, one statement a file. */
export function readSql(moduleUrl: string, name: string): string {
  return readFileSync(besideModule('src', moduleUrl, `sql/${name}.sql`), 'utf8');
}
