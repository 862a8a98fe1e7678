import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { inTransaction } from '../../db/connect.js';
import { readDocumentText } from '../../documents/read-text.js';
import { refuseViolations } from '../../documents/violations.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { writeAudit } from '../approvals/audit.js';
import { planFromValue } from '../book/documents/funding-plan.js';
import { OWN_FUNDS } from '../book/funding-plans.js';
import { dayIsBeingClosed, holdOpenDay } from '../book/open-day.js';
import { boundsOn, loadBounds } from '../book/policy-bounds.js';
import { type ApplyOutcome, storedDocument, valueOfStored } from '../book/stored-document.js';
import { requireParties } from './plan-parties.js';

export interface AppliedPlan {
  readonly code: string;
  readonly version: number;
  readonly effectiveFrom: string;
  readonly outcome: ApplyOutcome;
  readonly dryRun: boolean;
}

/** Any fixed number: plans are numbered without a gap, also where a try failed. */
const PLAN_LOCK = 5_262_666_018;

/**
 * Applies a funding plan document. A version never changes: the same content again is `unchanged`.
 * Throws LoanbookError `invalid_document` (also for partners below the floor of the policy in force
 * on its first day), `no_book`, `plan_version_exists` for other content under the same code
 * and version, `effective_in_closed_day` and `day_is_being_closed`.
 */
export async function applyFundingPlan(
  client: pg.Client,
  text: string,
  source: string,
  dryRun = false,
): Promise<AppliedPlan> {
  const value = readDocumentText(text, source);
  const { document, plan } = planFromValue(value, { name: source });
  const { code, version, effective_from: effectiveFrom } = document;
  if (code === OWN_FUNDS) {
    const rule = 'is what loans without a plan are kept under: choose another one';
    refuseViolations({ name: source }, [{ path: 'code', rule, value: code }]);
  }
  const stored = storedDocument(document);
  const identity = { code, version, effectiveFrom };
  return inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [PLAN_LOCK]);
    const openDay = await holdOpenDay(client);
    if (await isInBook(client, identity, stored.sha256, source)) {
      return { ...identity, outcome: 'unchanged', dryRun };
    }
    const day = formatDay(openDay.date);
    if (plan.effectiveFrom < openDay.date && !openDay.isFirst) {
      throw inClosedDay(effectiveFrom, day, source);
    }
    if (plan.effectiveFrom <= openDay.date && openDay.isBeingClosed) {
      throw dayIsBeingClosed(day, source);
    }
    const bounds = boundsOn(await loadBounds(client))(plan.effectiveFrom);
    const partnerShareFloorPpb = bounds?.partnerShareFloorPpb ?? null;
    planFromValue(value, { name: source }, { partnerShareFloorPpb, loanRatePpb: null });
    await requireParties(client, plan, source);
    if (!dryRun) {
      await client.query(
        `INSERT INTO funding_plan_version (plan_id, code, version, effective_from, document, sha256)
         SELECT coalesce(max(plan_id), 0) + 1, $1, $2, $3, $4, $5 FROM funding_plan_version`,
        [code, version, effectiveFrom, stored.document, stored.sha256],
      );
      const after = { sha256: stored.sha256, effectiveFrom };
      const subject = `${code} ${version}`;
      await writeAudit(client, { action: 'funding plan apply', subject, after });
    }
    return { ...identity, outcome: 'applied', dryRun };
  });
}

/** Whether the book has the version; throws `plan_version_exists` where its content differs. */
async function isInBook(
  client: pg.Client,
  { code, version }: { readonly code: string; readonly version: number },
  sha256: string,
  source: string,
): Promise<boolean> {
  const { rows } = await client.query<{ sha256: string; last: number }>(
    `SELECT sha256, (SELECT max(version) FROM funding_plan_version WHERE code = $1) AS last
     FROM funding_plan_version WHERE code = $1 AND version = $2`,
    [code, version],
  );
  if (rows[0] === undefined) return false;
  if (rows[0].sha256 === sha256) return true;
  throw new LoanbookError(
    'plan_version_exists',
    `${code} version ${version} is in the book with other content, and a version never changes.`,
    {
      exitCode: EXIT.usage,
      evidence: { source, code, version },
      next: `Give it \`version: ${rows[0].last + 1}\`; see \`loanbook funding plan show ${code}\`.`,
    },
  );
}

function inClosedDay(effectiveFrom: string, openDay: string, source: string): LoanbookError {
  return new LoanbookError(
    'effective_in_closed_day',
    'The plan would be in force on closed days.',
    {
      exitCode: EXIT.usage,
      evidence: { source, effectiveFrom, openDay },
      next: `Give it an effective_from of ${openDay} or later.`,
    },
  );
}

export interface FundingPlanRow {
  readonly code: string;
  readonly version: number;
  readonly effectiveFrom: string;
  /** As `OWN 30, P1 70`. */
  readonly parties: string;
  readonly sha256: string;
  readonly loans: number;
}

interface StoredRow {
  readonly code: string;
  readonly version: number;
  readonly effectiveFrom: string;
  readonly sha256: string;
  readonly document: string;
}

const COLUMNS = `f.code, f.version, f.effective_from AS "effectiveFrom", f.sha256, f.document`;

/** Every version of every plan, with its parties and the number of loans that are under it now. */
export async function listFundingPlans(client: pg.Client): Promise<FundingPlanRow[]> {
  const { rows } = await client.query<StoredRow & { loans: number }>(
    `WITH latest AS (
       SELECT DISTINCT ON (a.bucket, a.loan_id) g.plan_id AS before, x.plan_id AS now
       FROM assigned_loan a JOIN funding_assignment x USING (assignment_id)
         JOIN loan l ON l.bucket = a.bucket AND l.loan_id = a.loan_id
         JOIN accounting_group g USING (group_id)
       ORDER BY a.bucket, a.loan_id, a.effective_on DESC)
     SELECT ${COLUMNS}, (SELECT count(*) FROM loan l JOIN accounting_group g USING (group_id)
         WHERE g.plan_id = f.plan_id)
       - (SELECT count(*) FROM latest WHERE before = f.plan_id)
       + (SELECT count(*) FROM latest WHERE now = f.plan_id) AS loans
     FROM funding_plan_version f ORDER BY f.code, f.version`,
  );
  return rows.map((row) => {
    const { code, version, effectiveFrom, sha256, loans } = row;
    const { parties } = planOfRow(row);
    const named = parties.map(({ party, part }) => `${party} ${part}`).join(', ');
    return { code, version, effectiveFrom, parties: named, loans, sha256 };
  });
}

export interface FundingPlanDetails extends Omit<StoredRow, 'document'> {
  /** The checked document, every default written out. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** One version of a plan, the latest when none is named. Throws `unknown_plan`. */
export async function showFundingPlan(
  client: pg.Client,
  code: string,
  version?: number,
): Promise<FundingPlanDetails> {
  const { rows } = await client.query<StoredRow>(
    `SELECT ${COLUMNS} FROM funding_plan_version f
     WHERE code = $1 AND version = coalesce($2::integer, version)
     ORDER BY version DESC LIMIT 1`,
    [code, version ?? null],
  );
  const row = rows[0];
  if (row === undefined) {
    throw new LoanbookError('unknown_plan', 'The book has no such funding plan.', {
      evidence: { code, version },
      next: 'See `loanbook funding plan list`.',
    });
  }
  return { ...row, document: storedValue(row) as Record<string, unknown> };
}

function planOfRow(row: StoredRow) {
  return planFromValue(storedValue(row), { name: `funding plan ${row.code} ${row.version}` }).plan;
}

function storedValue(row: StoredRow): unknown {
  return valueOfStored('funding_plan_version', `funding plan ${row.code} ${row.version}`, row);
}
