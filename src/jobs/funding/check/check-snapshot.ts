import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { readSql } from '../../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { keptName } from '../../../files/mask.js';
import { SHARED } from '../../../funding/plan/plan.js';
import { accountOfRole } from '../../book/documents/ledger-roles.js';
import { ledgerInForce } from '../../book/load-book.js';
import { openDate } from '../../book/open-day.js';
import { jointLoansSql, leftJointLoansSql } from '../../day/at-close/joint-loans.js';
import { sealedRange } from '../../day/sealed-range.js';
import { addEntries, linesOfTotals } from '../../ledger/entry.js';
import {
  beginFile,
  finishRow,
  lastFile,
  sameContent,
  withFileLock,
} from '../files/file-register.js';
import { holdWhole, openPartnerFile, type RejectedLine, requireDay } from '../files/open-file.js';
import { layoutOfFamily, partnerOn } from '../files/partner-terms.js';
import { plansOf } from '../files/plans-of.js';
import { requireNextVersion } from '../files/said-version.js';
import { balanceSql } from '../files/share-sql.js';
import { checkOddLoans, type FoundBreak } from './odd-loans.js';
import { keepBreaks, openBreaksOf } from './partner-breaks.js';
import { stageSnapshot } from './stage-snapshot.js';

export interface CheckOptions {
  readonly file: string;
  readonly partner: string;
  readonly day: EpochDay;
  readonly by: string;
  readonly signal?: AbortSignal;
}

export interface CheckedSnapshot {
  readonly partner: string;
  readonly day: string;
  readonly version: number;
  readonly rows: number;
  /** Loans of either side without a break. */
  readonly matched: number;
  /** Breaks of the partner that are open, by type. */
  readonly breaks: Readonly<Record<string, number>>;
  readonly open: number;
  /** Differences up to the tolerance, by component, as decimal text. */
  readonly tolerated: Readonly<Record<string, string>>;
  readonly rejected: number;
  readonly rejects: readonly RejectedLine[];
  readonly outcome: 'checked' | 'unchanged';
}

/** Every join has its hash table in memory. */
const SETTINGS = `SET LOCAL work_mem = '256MB'`;

/**
 * Compares a partner's snapshot of a sealed day with its share in the book, keeps the breaks and
 * posts what is tolerated, in one transaction. The same content again changes nothing. Throws
 * LoanbookError `unknown_partner`, `no_layout`, `snapshot_behind` (2), what refuses a file (1),
 * `control_file_missing` (75), and as `sealedRange` does.
 */
export async function checkSnapshot(
  client: pg.Client,
  options: CheckOptions,
): Promise<CheckedSnapshot> {
  const { file, day, signal, by } = options;
  const { minorDigits } = await sealedRange(client, { from: day, to: day });
  const partner = await partnerOn(client, options.partner, day);
  const { code } = partner;
  const laid = await layoutOfFamily(client, partner, 'snapshot', day);
  const open = await openPartnerFile(file, laid.layout, minorDigits, signal);
  requireDay(open, day);
  const { sha256 } = open.content;
  const said = { partner: code, day: formatDay(day) };
  const of = { partner: code, family: 'snapshot' as const, day };
  return withFileLock(client, () =>
    inTransaction(client, async (): Promise<CheckedSnapshot> => {
      const same = await sameContent(client, { ...of, sha256 }, true);
      if (same !== undefined) {
        const { version, rows, rejected, matched } = same;
        const counted = { rows, rejected, rejects: [], matched: matched ?? 0, tolerated: {} };
        const found = await openCounts(client, code);
        return { ...said, version, ...counted, ...found, outcome: 'unchanged' };
      }
      await requireNotBehind(client, code, said.day);
      await requireNextVersion(client, open, of);
      await client.query(SETTINGS);
      const staged = await stageSnapshot(client, file, laid.layout, minorDigits, signal);
      holdWhole(open, staged, minorDigits);
      const { ours, odd } = await compare(client, code, day);
      const known = await openBreaksOf(client, code);
      const terms = { day, tolerance: partner.tolerance, crossDays: partner.crossDays };
      const found = await checkOddLoans(client, code, terms, known);
      const last = await lastFile(client, 'in', code, 'snapshot', day);
      const row = await beginFile(client, {
        ...{ direction: 'in', partner: code, family: 'snapshot', business_date: said.day },
        ...{ version: (last?.version ?? 0) + 1, name: keptName(file) },
        ...{ layout: `${laid.code} ${laid.version}`, sha256, rows_sha256: sha256 },
        ...{ rows: staged.rows, rejected: staged.rejected, total: staged.total ?? null },
        by_whom: by,
      });
      await keepBreaks(client, row.file_id, terms, known, found.breaks);
      await postTolerated(client, { code, row, day: said.day, by }, found.tolerated);
      const matched = ours + odd - loansOf(found.breaks) - found.apart;
      await finishRow(client, row, matched);
      const { rows, rejected, first: rejects } = staged;
      return {
        ...{ ...said, version: row.version, rows, matched, rejected, rejects },
        ...(await openCounts(client, code)),
        tolerated: Object.fromEntries(
          SHARED.flatMap((name, component) => {
            const sum = found.tolerated[component];
            return sum === undefined ? [] : [[name, formatAmount(sum, minorDigits)]];
          }),
        ),
        outcome: 'checked',
      };
    }),
  );
}

/** Fills `our_loan`, `apart` and `odd_loan`; loans of ours, and those that only they have. */
async function compare(
  client: pg.Client,
  partner: string,
  day: EpochDay,
): Promise<{ readonly ours: number; readonly odd: number }> {
  const plans = await plansOf(client, partner);
  const ids = [...plans.keys()];
  const balances = SHARED.map((name, at) => [name, balanceSql(plans, partner, at, name)]);
  const parts = { ...Object.fromEntries(balances), loans: jointLoansSql(day, ids) };
  const ours = await client.query(readSql(import.meta.url, 'ours', parts));
  await client.query(readSql(import.meta.url, 'apart'));
  await client.query('ANALYZE our_loan; ANALYZE apart');
  await client.query(readSql(import.meta.url, 'odd'));
  const { rows } = await client.query<{ odd: number }>(
    `SELECT (SELECT count(*) FROM odd_loan WHERE bucket IS NULL)
       + (SELECT count(*) FROM apart a
          WHERE NOT EXISTS (SELECT FROM our_loan o WHERE o.loan_no = a.loan_no)) AS odd`,
  );
  const left = readSql(import.meta.url, 'left', { left: leftJointLoansSql(day, ids) });
  if (rows[0]!.odd > 0) await client.query(left);
  return { ours: ours.rowCount ?? 0, odd: rows[0]!.odd };
}

function loansOf(breaks: readonly FoundBreak[]): number {
  return new Set(breaks.map(({ loanNo }) => loanNo)).size;
}

/** An older snapshot would end what a later one has found. */
async function requireNotBehind(client: pg.Client, partner: string, day: string): Promise<void> {
  const { rows } = await client.query<{ last: string | null }>(
    `SELECT max(business_date) AS last FROM funding_file
     WHERE direction = 'in' AND partner = $1 AND family = 'snapshot' AND matched IS NOT NULL`,
    [partner],
  );
  const last = rows[0]?.last ?? null;
  if (last === null || last <= day) return;
  throw new LoanbookError('snapshot_behind', 'A later snapshot has been checked already.', {
    exitCode: EXIT.usage,
    evidence: { partner, day, checked: last },
    next: 'Breaks are those of the last snapshot: check the next one.',
  });
}

interface Tolerating {
  readonly code: string;
  readonly row: { readonly version: number };
  readonly day: string;
  readonly by: string;
}

/**
 * One entry a snapshot: what they have more than we do, we owe. The accounts have what the last
 * snapshot shows: what a corrected one, or that of the next day, shows again is there already.
 */
async function postTolerated(
  client: pg.Client,
  { code, row, day, by }: Tolerating,
  sums: readonly (Fen | undefined)[],
): Promise<void> {
  const { roles } = await ledgerInForce(client, formatDay(await openDate(client)));
  const shown = sums.reduce<Fen>((all, each) => all + (each ?? 0), 0);
  const sum = shown - (await posted(client, code));
  if (sum === 0) return;
  await addEntries(client, [
    {
      source: 'tolerance',
      reference: `snapshot/${code}/${day}/${row.version}`,
      memo: `${code} ${day} 快照容差尾差`,
      maker: by,
      lines: linesOfTotals([
        { account: accountOfRole(roles, 'tail'), amount: sum },
        { account: accountOfRole(roles, 'partner_payable'), amount: 0 - sum },
      ]),
    },
  ]);
}

/** What the snapshots of a partner have posted to the tail account. */
async function posted(client: pg.Client, code: string): Promise<Fen> {
  const { rows } = await client.query<{ sum: number }>(readSql(import.meta.url, 'tolerated'), [
    `snapshot/${code}/`,
  ]);
  return Number(rows[0]!.sum);
}

async function openCounts(
  client: pg.Client,
  partner: string,
): Promise<{ readonly breaks: Record<string, number>; readonly open: number }> {
  const { rows } = await client.query<{ type: string; count: number }>(
    `SELECT type, count(*) AS count FROM recon_break
     WHERE partner = $1 AND state = 'open' GROUP BY type ORDER BY type`,
    [partner],
  );
  const breaks = Object.fromEntries(rows.map(({ type, count }) => [type, count]));
  return { breaks, open: rows.reduce((sum, { count }) => sum + count, 0) };
}
