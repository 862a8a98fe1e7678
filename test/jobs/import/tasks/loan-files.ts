import { readFileSync } from 'node:fs';
import type { ImportBook } from '../../../support/import-book.js';
import { OPEN_DAY } from '../../../support/import-book.js';

/** What an import leaves behind, whatever the order in which it was written. */
const LEFT = {
  loan: 'SELECT * FROM loan ORDER BY loan_id',
  schedule: 'SELECT * FROM schedule ORDER BY loan_id',
  schedule_balance: 'SELECT * FROM schedule_balance ORDER BY loan_id',
  event: 'SELECT * FROM event ORDER BY event_id',
  loan_look: 'SELECT * FROM loan_look ORDER BY loan_no',
  accounting_group: 'SELECT group_id, product_id, org FROM accounting_group ORDER BY group_id',
  bucket_counter:
    'SELECT bucket, last_ordinal FROM bucket_counter WHERE last_ordinal > 0 ORDER BY 1',
  imported_file: `SELECT import_id, kind, sha256, rows_read, rows_taken, rows_rejected, amount
    FROM imported_file ORDER BY import_id`,
} as const;

/** Everything that an import may leave behind, and no tables of its own. */
export async function leftBehind(book: ImportBook): Promise<Record<string, unknown>> {
  const left: Record<string, unknown> = {};
  for (const [name, sql] of Object.entries(LEFT)) left[name] = await book.rows(sql);
  left.tables = await book.rows(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'loanbook' AND tablename LIKE 'import\\_%'`,
  );
  return left;
}

export const HEADER = 'loan_no,product,principal,rate,disbursed_on,org';

/** Loans, among them every kind that crosses from one row to another. */
export function mixedLoans(count: number): string[] {
  const lines: string[] = [];
  for (let k = 0; k < count; k += 1) {
    const org = `O${k % 5}`;
    const good = `L${k},${k % 71 === 8 ? 'FREE' : 'CASH'},${1000 + k}.50,0.18,${OPEN_DAY},${org}`;
    if (k % 97 === 5) lines.push(`L${k - 1},CASH,1.00,0.18,${OPEN_DAY},${org}`);
    else if (k % 101 === 7) lines.push(`l${k - 2},CASH,1.00,0.18,${OPEN_DAY},${org}`);
    else if (k % 89 === 3) lines.push(good.replace('0.18', 'x'));
    else if (k % 83 === 2) lines.push(`"L${k}",CASH,"1234.56",0.18,${OPEN_DAY},"a\nb"`);
    else if (k % 79 === 4) lines.push(`"Q,""${k}",CASH,"99.00",0.18,${OPEN_DAY},${org}`);
    else if (k % 73 === 6) lines.push('', `${good},too many`);
    else lines.push(good);
  }
  return lines;
}

/** Schedules of every fourth of these loans, with fees, and a few that no loan asks for. */
export function mixedSchedules(count: number): string[] {
  const lines = ['loan_no,due_on,principal,interest,fee'];
  for (let k = count - 1; k >= 0; k -= 4) {
    const fen = (1000 + k) * 100 + 50;
    const half = Math.floor(fen / 2);
    const yuan = (amount: number) => (amount / 100).toFixed(2);
    lines.push(`L${k},2026-04-28,${yuan(half)},10.00,1.00`);
    lines.push(`L${k},2026-05-28,${yuan(fen - half)},5.00,`);
    if (k % 60 === 3) lines.push(`,2026-06-28,1.00,1.00,`);
    if (k % 72 === 3) lines.push(`NONE${k},2026-06-28,1.00,1.00,`);
  }
  return lines;
}

export function bytesOf(path: string | null): string {
  return path === null ? '' : readFileSync(path, 'latin1');
}
