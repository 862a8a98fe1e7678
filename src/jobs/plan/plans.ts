import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { inTransaction } from '../../db/connect.js';
import { readDocumentText } from '../../documents/read-text.js';
import { refuseViolations } from '../../documents/violations.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Plan } from '../../operations/plan/plan.js';
import { writeAudit } from '../approvals/audit.js';
import { noBook } from '../book/open-day.js';
import {
  type ApplyOutcome,
  type StoredDocument,
  storedDocument,
  valueOfStored,
} from '../book/stored-document.js';
import { planFromValue } from '../operations/documents/plan-document.js';
import { writtenPlan } from './written-plan.js';

export interface CheckedPlan {
  readonly plan: string;
  readonly version: number;
  readonly jobs: number;
  readonly sha256: string;
}

export interface AppliedPlan extends CheckedPlan {
  readonly outcome: ApplyOutcome;
}

/** A plan of a text, as it is kept. Throws LoanbookError `invalid_document` (2). */
function readPlan(text: string, name: string): { plan: Plan; stored: StoredDocument } {
  const source = { name, page: 'docs/night.md' };
  const plan = planFromValue(readDocumentText(text, name), source);
  const empty = plan.jobs.length === 0 ? [{ path: 'jobs', rule: 'must have a job' }] : [];
  refuseViolations(source, empty);
  return { plan, stored: storedDocument(writtenPlan(plan)) };
}

/** What a document says, without a database. Throws LoanbookError `invalid_document` (2). */
export function checkPlan(text: string, source: string): CheckedPlan {
  const { plan, stored } = readPlan(text, source);
  const { name, version, jobs } = plan;
  return { plan: name, version, jobs: jobs.length, sha256: stored.sha256 };
}

/**
 * Applies a plan. A version never changes: the same content again is `unchanged`. Throws
 * LoanbookError `invalid_document`, `no_book`, `unknown_calendar`, and `plan_version_exists` (2)
 * for other content under the same version.
 */
export async function applyPlan(
  client: pg.Client,
  text: string,
  source: string,
  by: string,
): Promise<AppliedPlan> {
  const { plan, stored } = readPlan(text, source);
  const { name, version } = plan;
  const checked = { plan: name, version, jobs: plan.jobs.length, sha256: stored.sha256 };
  return inTransaction(client, async () => {
    await requireCalendar(client, plan, source);
    const inserted = await client.query(
      `INSERT INTO plan_version (plan, version, document, sha256, applied_by)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (plan, version) DO NOTHING`,
      [name, version, stored.document, stored.sha256, by],
    );
    if (inserted.rowCount === 0) {
      await requireSame(client, plan, stored, source);
      return { ...checked, outcome: 'unchanged' };
    }
    const after = { sha256: stored.sha256 };
    await writeAudit(client, { action: 'plan apply', subject: `${name} ${version}`, after });
    return { ...checked, outcome: 'applied' };
  });
}

/** A calendar of another name than the book's would hold other days than it says. */
async function requireCalendar(client: pg.Client, plan: Plan, source: string): Promise<void> {
  const { rows } = await client.query<{ calendar: string }>('SELECT calendar FROM book');
  if (rows[0] === undefined) throw noBook();
  const { calendar } = rows[0];
  if (isWithoutCalendar(plan) || plan.calendar === calendar) return;
  throw new LoanbookError('unknown_calendar', 'The book goes by another calendar.', {
    exitCode: EXIT.usage,
    evidence: { source, plan: plan.name, path: 'calendar', value: plan.calendar, book: calendar },
    next: `Write \`calendar: ${calendar}\`, or leave it out: every day is worked then.`,
  });
}

/** Whether every day is worked for a plan. */
export function isWithoutCalendar({ calendar }: Plan): boolean {
  return calendar === null || calendar === 'none';
}

async function requireSame(
  client: pg.Client,
  { name, version }: Plan,
  { sha256 }: StoredDocument,
  source: string,
): Promise<void> {
  const { rows } = await client.query<{ sha256: string; latest: number }>(
    `SELECT sha256, (SELECT max(version) FROM plan_version WHERE plan = $1) AS latest
     FROM plan_version WHERE plan = $1 AND version = $2`,
    [name, version],
  );
  if (rows[0]?.sha256 === sha256) return;
  const message = `${name} version ${version} is in the book with other content.`;
  throw new LoanbookError('plan_version_exists', message, {
    exitCode: EXIT.usage,
    evidence: { source, plan: name, path: 'version', rule: 'never changes', value: version },
    next:
      `Give it \`version: ${(rows[0]?.latest ?? version) + 1}\`, ` +
      `or see \`loanbook plan show ${name}\`.`,
  });
}

export interface PlanRow {
  readonly plan: string;
  readonly version: number;
  readonly jobs: number;
  /** First business date, and the wall time at which its nights are due. */
  readonly firstDate: string;
  readonly at: string;
  readonly timeZone: string;
  readonly appliedAt: string;
  readonly appliedBy: string;
  readonly sha256: string;
}

interface StoredRow extends StoredDocument {
  readonly plan: string;
  readonly version: number;
  readonly appliedAt: string;
  readonly appliedBy: string;
}

const COLUMNS = `plan, version, document, sha256, applied_by AS "appliedBy",
  to_char(applied_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "appliedAt"`;

/** Every version of every plan. Throws LoanbookError `document_changed` (3). */
export async function listPlans(client: pg.Client): Promise<PlanRow[]> {
  const { rows } = await client.query<StoredRow>(
    `SELECT ${COLUMNS} FROM plan_version ORDER BY plan, version`,
  );
  return rows.map((row) => {
    const plan = planOfRow(row);
    const { document, ...rest } = row;
    return {
      ...rest,
      jobs: plan.jobs.length,
      firstDate: formatDay(plan.firstDate),
      at: String(writtenPlan(plan).at),
      timeZone: plan.timeZone,
    };
  });
}

export interface ShownPlan {
  readonly plan: string;
  readonly version: number;
  readonly effectiveFrom: string;
  readonly sha256: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** A version of a plan, the latest when none is named. Throws LoanbookError `unknown_plan` (2). */
export async function showPlan(
  client: pg.Client,
  name: string,
  version?: number,
): Promise<ShownPlan> {
  const row = await findPlan(client, name, version);
  const document = valueOfStored('plan_version', nameOf(row), row) as ShownPlan['document'];
  const effectiveFrom = formatDay(planOfRow(row).firstDate);
  return { plan: name, version: row.version, effectiveFrom, sha256: row.sha256, document };
}

/** The same, to run by. Throws LoanbookError `unknown_plan` (2), `document_changed` (3). */
export async function loadPlan(client: pg.Client, name: string, version?: number): Promise<Plan> {
  return planOfRow(await findPlan(client, name, version));
}

async function findPlan(client: pg.Client, name: string, version?: number): Promise<StoredRow> {
  const { rows } = await client.query<StoredRow>(
    `SELECT ${COLUMNS} FROM plan_version
     WHERE plan = $1 AND version = coalesce($2::integer, version) ORDER BY version DESC LIMIT 1`,
    [name, version ?? null],
  );
  if (rows[0] !== undefined) return rows[0];
  throw new LoanbookError('unknown_plan', 'The book has no such plan.', {
    exitCode: EXIT.usage,
    evidence: { plan: name, version },
    next: '`loanbook plan list` shows those there are; `loanbook plan apply` adds one.',
  });
}

function planOfRow(row: StoredRow): Plan {
  const name = nameOf(row);
  return planFromValue(valueOfStored('plan_version', name, row), { name });
}

function nameOf({ plan, version }: StoredRow): string {
  return `plan ${plan} ${version}`;
}
