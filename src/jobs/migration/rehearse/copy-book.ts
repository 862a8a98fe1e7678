import type pg from 'pg';
import { withClient } from '../../../db/connect.js';
import { copyAcross } from '../../../db/copy/copy-across.js';
import { migrate } from '../../../db/migrate.js';
import { readSql } from '../../../db/sql-file.js';
import type { DatabaseTarget } from '../../../db/target.js';

/**
 * What no import reads: what the scratch database has of its own, and what sealed days have come
 * to, which is most of an old book. Days by partition are no tables that stand alone.
 */
const LEFT_OUT = [
  ...['migration', 'function_file', 'audit', 'audit_head', 'run', 'execution', 'step'],
  ...['entry', 'entry_line', 'gl_balance', 'subledger_total', 'tax_total', 'month_row'],
  ...['sealed_input', 'loan_digest', 'row_digest', 'statement', 'break_action'],
  ...['impairment_run', 'impairment_loan', 'period_event', 'approval'],
];

interface CopiedTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly counter: string | null;
}

/**
 * Makes an empty database a book as this one stands: its parameters, customers, loans and events,
 * and no sealed day. `target` names a login that is a superuser there.
 */
export async function copyBook(source: pg.Client, target: DatabaseTarget): Promise<void> {
  await migrate(target);
  // No trigger counts, chains or refuses a row that another book has taken before.
  const settings = { session_replication_role: 'replica' };
  await withClient(target, { role: 'login', settings }, async (client) => {
    const { rows: tables } = await client.query<CopiedTable>(
      readSql(import.meta.url, 'copied-tables'),
      [LEFT_OUT],
    );
    await source.query('BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ');
    try {
      for (const { name, columns } of tables) {
        await client.query(`DELETE FROM ${name}`);
        await copyAcross(source, client, name, columns);
      }
    } finally {
      await source.query('ROLLBACK').catch(() => undefined);
    }
    await countOn(client, tables);
    await client.query('ANALYZE');
  });
}

/** Numbers that are drawn there go on behind those that were copied. */
async function countOn(client: pg.Client, tables: readonly CopiedTable[]): Promise<void> {
  for (const { name, counter } of tables) {
    if (counter === null) continue;
    await client.query(
      `SELECT setval(pg_get_serial_sequence($1, $2), coalesce(max(${counter}), 0) + 1, false)
       FROM ${name}`,
      [`loanbook.${name}`, counter],
    );
  }
  await client.query(
    `SELECT setval('event_arrival', coalesce(max(event_id), 0) + 1, false) FROM event`,
  );
}
