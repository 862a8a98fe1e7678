import { type Granted, grantedToBatch } from '../../../db/granted.js';
import { readSql } from '../../../db/sql-file.js';
import type { FactSource } from '../fact-source.js';

interface Right {
  readonly kind: 'table' | 'sequence' | 'function' | 'schema' | 'database' | 'role';
  readonly space: string;
  /** Of a column with its table before it. */
  readonly name: string;
  readonly isPartition: boolean;
  readonly privilege: string;
}

export const ROLE_SOURCES: readonly FactSource[] = [
  {
    facts: ['extra_grants'],
    async find(house) {
      const client = await house.client();
      const { rows } = await client.query<Right>(readSql(import.meta.url, 'batch-rights'));
      const granted = grantedToBatch();
      const extra = rows.filter((right) => !isGranted(right, granted)).map(inWords);
      return { facts: { extra_grants: extra.length }, seen: { extra_grants: extra } };
    },
  },
  {
    facts: ['superuser'],
    async find(house) {
      const client = await house.client();
      const { rows } = await client.query<{ superuser: boolean }>(
        'SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = session_user',
      );
      return { facts: rows[0] ?? {} };
    },
  },
];

/** Functions make and grant the tables of the open day, and those that an import is laid out in. */
const OF_A_DAY = /^[a-z_]+_[0-9]{8}$/;
const OF_AN_IMPORT = /^import_(?:row|reject|task|loan|schedule|schedule_balance|event)$/;
const STAGED = ['INSERT', 'DELETE'];

function isGranted(right: Right, { tables, functions }: Granted): boolean {
  const { kind, space, name, privilege, isPartition } = right;
  if (space !== 'loanbook') return false;
  if (kind === 'function') return functions.has(name);
  if (kind !== 'table') return false;
  if (tables.has(`${name} ${privilege}`)) return true;
  if (OF_A_DAY.test(name)) return privilege === 'INSERT' && !isPartition;
  return OF_AN_IMPORT.test(name) && STAGED.includes(privilege);
}

/** `INSERT on table position`. */
function inWords({ kind, space, name, privilege }: Right): string {
  const schema = space === 'loanbook' || name === '' ? '' : `${space}.`;
  return `${privilege} on ${kind} ${schema}${name || space}`;
}
