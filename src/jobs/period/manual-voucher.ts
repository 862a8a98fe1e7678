import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { inspectFile } from '../../files/file-content.js';
import { keptName } from '../../files/mask.js';
import type { Reject } from '../../files/rejects/reject-columns.js';
import { refusing } from '../approvals/acting.js';
import { isSamePerson } from '../approvals/person-name.js';
import { holdOpenDay } from '../book/open-day.js';
import { FileProof, type ProvedBy, type SenderSays } from '../import/source/file-proof.js';
import { closedPeriods, lockPeriods } from './period.js';
import { type ReadVoucher, readVouchers, type VoucherScene } from './voucher-file.js';

export interface ImportedVouchers {
  readonly file: string;
  readonly rows: number;
  /** What shows that the file is whole. */
  readonly provedBy: ProvedBy;
  /** Vouchers that wait for a decision now; none where there is a problem. */
  readonly vouchers: number;
  readonly debits: bigint;
  readonly minorDigits: number;
  readonly problems: readonly Reject[];
  /** `unchanged`: the same person had brought the same file in before. */
  readonly outcome: 'imported' | 'unchanged' | 'refused';
}

/**
 * Takes a file of manual vouchers, all of it or nothing; they wait until another person approves
 * them. Throws LoanbookError `already_imported`, `columns_differ` (exit 2) and those of reading.
 */
export async function importVouchers(
  client: pg.Client,
  options: {
    readonly file: string;
    readonly by: string;
    readonly says?: SenderSays;
    readonly signal?: AbortSignal;
  },
): Promise<ImportedVouchers> {
  const { file, by, says, signal } = options;
  const content = await inspectFile(file, signal);
  const { sha256 } = content;
  return inTransaction(client, async () => {
    await lockPeriods(client);
    const before = await importedBefore(client, file, sha256, by);
    if (before !== undefined) return before;
    const scene = await sceneOf(client);
    const proof = await FileProof.open(content, scene, says);
    const read = await readVouchers(file, scene, proof, signal);
    const { minorDigits } = scene;
    const { rows, problems, provedBy } = read;
    const frame = { file, rows, provedBy, minorDigits, problems };
    if (read.problems.length > 0) {
      return { ...frame, vouchers: 0, debits: 0n, outcome: 'refused' };
    }
    await store(client, read.vouchers, { name: keptName(file), sha256, by });
    const { vouchers, debits } = read;
    return { ...frame, vouchers: vouchers.length, debits, outcome: 'imported' };
  });
}

/** What the same file had brought in under the same name; under another one it is refused. */
async function importedBefore(
  client: pg.Client,
  file: string,
  sha256: string,
  by: string,
): Promise<ImportedVouchers | undefined> {
  const { rows } = await client.query<{ id: number; name: string; made_by: string; at: string }>(
    `SELECT voucher_file_id AS id, name, made_by,
       to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
     FROM voucher_file WHERE sha256 = $1`,
    [sha256],
  );
  const earlier = rows[0];
  if (earlier === undefined) return undefined;
  if (earlier.name === keptName(file) && isSamePerson(earlier.made_by, by)) {
    const sums = await storedSums(client, earlier.id);
    return { file, provedBy: ['sha256'], ...sums, problems: [], outcome: 'unchanged' };
  }
  throw new LoanbookError('already_imported', 'A file with this content was imported before.', {
    exitCode: EXIT.usage,
    evidence: { file, sha256, earlierName: earlier.name, by: earlier.made_by, at: earlier.at },
    next: '`loanbook gl voucher list` shows its vouchers.',
  });
}

async function storedSums(
  client: pg.Client,
  id: number,
): Promise<Pick<ImportedVouchers, 'rows' | 'vouchers' | 'debits' | 'minorDigits'>> {
  const { rows } = await client.query<{
    rows: number;
    vouchers: number;
    debits: bigint;
    d: number;
  }>(
    `SELECT count(*) AS rows, count(DISTINCT voucher_id) AS vouchers,
       coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debits,
       (SELECT minor_digits FROM book) AS d
     FROM manual_voucher JOIN manual_voucher_line USING (voucher_id) WHERE voucher_file_id = $1`,
    [id],
  );
  const { d: minorDigits, ...sums } = rows[0]!;
  return { ...sums, minorDigits };
}

async function sceneOf(client: pg.Client): Promise<VoucherScene> {
  const { date } = await holdOpenDay(client);
  const book = await client.query<{ digits: number; first: string }>(
    'SELECT minor_digits AS digits, first_business_date AS first FROM book',
  );
  const accounts = await client.query<{ code: string; id: number; subledger: string | null }>(
    'SELECT code, account_id AS id, subledger FROM account',
  );
  const taken = await client.query<{ no: string }>(
    `SELECT voucher_no AS no FROM manual_voucher LEFT JOIN voucher_decision USING (voucher_id)
     WHERE decision IS DISTINCT FROM 'rejected'`,
  );
  const { digits, first } = book.rows[0]!;
  return {
    openDay: date,
    firstDay: parseDay(first)!,
    minorDigits: digits,
    accounts: new Map(accounts.rows.map(({ code, ...account }) => [code, account])),
    closedPeriods: await closedPeriods(client),
    taken: new Set(taken.rows.map(({ no }) => no)),
  };
}

async function store(
  client: pg.Client,
  vouchers: readonly ReadVoucher[],
  file: { name: string; sha256: string; by: string },
): Promise<void> {
  if (vouchers.length === 0) return;
  const kept = vouchers.map(({ voucherNo, date, memo, lines }) => ({
    no: voucherNo,
    date,
    memo,
    accounts: lines.map(({ accountId }) => accountId),
    amounts: lines.map(({ amount }) => String(amount)),
  }));
  const facts = [file.name, file.sha256, file.by, JSON.stringify(kept)];
  const { rows } = await client.query<{ id: number }>(
    'SELECT keep_vouchers($1, $2, $3, $4) AS id',
    facts,
  );
  await refusing(() => client.query('SELECT ask_vouchers($1, $2)', [rows[0]!.id, file.by]));
}

export interface ListedVoucher {
  readonly id: number;
  readonly voucherNo: string;
  readonly date: string;
  readonly memo: string;
  readonly debits: bigint;
  readonly accounts: string;
  readonly maker: string;
  readonly status: 'waiting' | 'approved' | 'rejected';
  readonly decidedBy: string | null;
  readonly reason: string | null;
  /** The day whose close posts it. */
  readonly postedOn: string | null;
}

/** Vouchers in order of arrival; those that wait, or all. */
export async function listVouchers(
  client: pg.Client,
  all: boolean,
): Promise<{ minorDigits: number; vouchers: ListedVoucher[] }> {
  const { rows } = await client.query<ListedVoucher>(
    `SELECT v.voucher_id AS id, v.voucher_no AS "voucherNo", v.dated_on AS date, v.memo,
       l.debits, l.accounts, f.made_by AS maker, coalesce(d.decision, 'waiting') AS status,
       d.made_by AS "decidedBy", nullif(d.reason, '') AS reason, e.business_date AS "postedOn"
     FROM manual_voucher v JOIN voucher_file f USING (voucher_file_id)
     JOIN LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debits,
         string_agg(CASE WHEN amount > 0 THEN 'Dr ' ELSE 'Cr ' END || code, ', ' ORDER BY line)
           AS accounts
       FROM manual_voucher_line JOIN account USING (account_id)
       WHERE voucher_id = v.voucher_id) AS l ON true
     LEFT JOIN voucher_decision d USING (voucher_id)
     LEFT JOIN entry e ON d.decision = 'approved' AND e.source = 'manual'
       AND e.reference = v.voucher_no
     WHERE $1 OR d.voucher_id IS NULL ORDER BY v.voucher_id`,
    [all],
  );
  const book = await client.query<{ digits: number }>('SELECT minor_digits AS digits FROM book');
  return { minorDigits: book.rows[0]?.digits ?? 2, vouchers: rows };
}
