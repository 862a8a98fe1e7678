import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTIONS_FOLDER } from './function-files.js';
import { listMigrations, readMigration } from './migration-files.js';

/** What a statement of a migration or of a file of functions gives or takes. */
const STATEMENT = /^\s*(GRANT|REVOKE)\s+([\s\S]+?)\s+ON\s+([\s\S]+?)\s+(?:TO|FROM)\s+([^;']*);/gm;
const PRIVILEGE = /([A-Z]+)(?:\s*\(([^)]*)\))?/g;
/** The name of a function before its arguments. */
const FUNCTION_NAME = /([a-z_]+)\s*\([^)]*\)/g;
const BATCH = 'loanbook_batch';

/** What the migrations gave the batch role. */
export interface Granted {
  /** `table privilege`, or `table.column privilege`. */
  readonly tables: ReadonlySet<string>;
  /** Names of the functions that it may call. */
  readonly functions: ReadonlySet<string>;
}

/**
 * Reads it off the statements themselves, in their order, so that nobody keeps a second list. What
 * a function grants on the tables that it makes is not among them, nor what is given on all tables.
 */
export function grantedToBatch(): Granted {
  const tables = new Set<string>();
  const functions = new Set<string>();
  for (const sql of texts()) {
    for (const [, verb, privileges = '', on = '', roles = ''] of sql.matchAll(STATEMENT)) {
      if (!roles.split(/,\s*/).includes(BATCH)) continue;
      const isGiven = verb === 'GRANT';
      const said = /^FUNCTION\s/.test(on)
        ? { into: functions, names: namesOf(on) }
        : { into: tables, names: privilegesOn(on, privileges) };
      for (const name of said.names) {
        if (isGiven) said.into.add(name);
        else take(said.into, name);
      }
    }
  }
  return { tables, functions };
}

function texts(): string[] {
  const migrations = listMigrations().map((file) => readMigration(file).sql);
  const names = readdirSync(FUNCTIONS_FOLDER).filter((name) => name.endsWith('.sql'));
  const functions = names.sort().map((name) => readFileSync(join(FUNCTIONS_FOLDER, name), 'utf8'));
  return [...migrations, ...functions].map((sql) => sql.replace(/--.*$/gm, ''));
}

function namesOf(on: string): string[] {
  return [...on.matchAll(FUNCTION_NAME)].map(([, name = '']) => name);
}

function privilegesOn(on: string, privileges: string): string[] {
  if (/^(?:ALL|SEQUENCE|SCHEMA)\s|%/.test(on)) return [];
  return on.split(/,\s*/).flatMap((table) =>
    [...privileges.matchAll(PRIVILEGE)].flatMap(([, privilege, columns]) => {
      if (columns === undefined) return [`${table} ${privilege}`];
      return columns.split(/,\s*/).map((column) => `${table}.${column} ${privilege}`);
    }),
  );
}

/** What is taken of a table is taken of its columns too. */
function take(from: Set<string>, name: string): void {
  const [table = '', privilege = ''] = name.split(' ');
  for (const each of [...from]) {
    const isColumn = each.startsWith(`${table}.`) && each.endsWith(` ${privilege}`);
    if (each === name || isColumn) from.delete(each);
  }
}
