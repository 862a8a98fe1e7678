import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { writeWhole } from '../../../files/new-file.js';
import { writeAudit } from '../../approvals/audit.js';
import { takeJobLock } from '../../runs/lock-order.js';
import { Patience, type Waits } from '../../runs/waiting.js';
import { claimsOf, rowsOf } from './claim-rows.js';
import type { Differing } from './claims-at.js';
import { type Act, keepActs } from './keep-acts.js';

const TITLES = 'loan_no,kind,seq,reason,day,amount';

export interface WrittenClaims {
  readonly file: string;
  readonly date: string;
  readonly guarantor: string;
  readonly outcome: 'written' | 'unchanged';
  readonly claims: number;
  /** Of them, in minor units. */
  readonly amount: number;
  readonly minorDigits: number;
  readonly differing: readonly Differing[];
  readonly dryRun: boolean;
}

export interface WriteOptions {
  readonly date: EpochDay;
  readonly guarantor: string;
  readonly file: string;
  readonly by: string;
  readonly dryRun?: boolean;
  readonly waits?: Waits;
}

/**
 * Writes the claims that the close of a day made of one guarantor, as CSV, and keeps the penalty
 * that the night has charged to their loans. A file is never rewritten: the same content again is
 * `unchanged`. Throws LoanbookError `claim_file_exists` (1) for another content, `day_not_closed`
 * (1), `import_is_running` (75), and as `writeWhole` does.
 */
export async function writeClaims(
  client: pg.Client,
  { date, guarantor, file, by, dryRun = false, waits }: WriteOptions,
): Promise<WrittenClaims> {
  return inTransaction(client, async () => {
    await takeJobLock(client, 'import', new Patience(waits));
    const { book, minorDigits, found } = await claimsOf(client, date);
    const day = formatDay(date);
    const rows = rowsOf(found, { guarantor }).filter((row) => row.day === day);
    const lines = rows.map(({ loanNo, kind, seq, reason, amount }) => {
      const text = formatAmount(amount, minorDigits);
      return [loanNo, kind, seq, reason ?? '', day, text].map(quoted).join(',');
    });
    const text = `${[TITLES, ...lines].join('\n')}\n`;
    const isThere = existsSync(file);
    if (isThere && readFileSync(file, 'utf8') !== text) throw fileExists(file, day);
    if (!dryRun) {
      const acts = found.charges.map(
        ({ loan, seq, amount }): Act => ({ loan, type: 'charge', seq, amount, ref: '' }),
      );
      const source = { name: file, sha256: '' };
      if (acts.length > 0) await keepActs(client, acts, { book, day: date, by, source });
      const sha256 = createHash('sha256').update(text).digest('hex');
      const after = { sha256, claims: rows.length, charges: acts.length };
      const subject = `${guarantor} ${day}`;
      if (!isThere) await writeAudit(client, { action: 'funding claims write', subject, after });
      if (!isThere) await writeWhole(file, [text]);
    }
    const amount = rows.reduce((sum, row) => sum + row.amount, 0);
    const about = { file, date: day, guarantor, claims: rows.length, amount, minorDigits, dryRun };
    const { differing } = found;
    return { ...about, outcome: isThere ? 'unchanged' : 'written', differing };
  });
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function fileExists(file: string, day: string): LoanbookError {
  return new LoanbookError('claim_file_exists', 'A file of claims is never rewritten.', {
    exitCode: EXIT.failed,
    evidence: { file, date: day },
    next: 'Write it under another name, and tell the guarantor which one counts.',
  });
}
