import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.js';

/** The text of a statement of src/db/sql, one statement a file. */
export function readSql(name: string): string {
  return readFileSync(join(packageRoot, 'src/db/sql', `${name}.sql`), 'utf8');
}
