import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { readSql } from '../../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import {
  type Approvable,
  type Grant,
  loginsProve,
  noteSecondPerson,
  withApproval,
} from '../../approvals/approval.js';
import { writeAudit } from '../../approvals/audit.js';
import { isSamePerson } from '../../approvals/person-name.js';
import { dayIsBeingClosed, holdOpenDay } from '../../book/open-day.js';
import { type StoredDocument, storedDocument } from '../../book/stored-document.js';
import type { CheckedAssignment } from '../documents/assignment-document.js';
import { assignmentBook, type NewPlan } from './assignment-plan.js';
import { keepAssignment } from './keep-assignment.js';
import { listedLoans, requireRest } from './listed-loans.js';
import { type PricedList, type PricedLoan, priceLoans, refuseAny } from './price-loans.js';

export interface AssignOptions {
  /** The file, or who stands for it. */
  readonly source: string;
  readonly by: string;
  /** Named by the maker, where logins are shared. */
  readonly checker?: string | undefined;
  /** The second person decides now; `by` is who asked. */
  readonly grant?: Grant;
  /** Work it out, with every loan that would be refused, and keep nothing. */
  readonly dryRun?: boolean;
}

export interface AssignedList {
  readonly code: string;
  readonly version: number;
  readonly kind: string;
  readonly day: string;
  /** The first day that books by the new plan. */
  readonly effectiveOn: string;
  readonly buyer: string;
  readonly plan: string;
  readonly minorDigits: number;
  readonly loans: readonly PricedLoan[];
  readonly sold: Fen;
  readonly price: Fen;
  readonly outcome: 'assigned' | 'unchanged';
  readonly dryRun: boolean;
}

/**
 * Assigns loans to another plan behind the close of the last closed day, by two persons: a sale of
 * own parts, or their way back. The open day posts it. The same document again is `unchanged`.
 * Throws LoanbookError `assignment_refused` (1) with the rule of each loan, `assignment_exists`,
 * `cut_not_last_close`, `clean_up_too_early`, `unknown_partner`, `unknown_plan`, `same_person`,
 * `second_person_grants` (2), `day_is_being_closed` (75), and as `withApproval` does.
 */
export async function assignLoans(
  client: pg.Client,
  checked: CheckedAssignment,
  { source, by, checker, grant, dryRun = false }: AssignOptions,
): Promise<Approvable<AssignedList>> {
  const named = checker !== undefined;
  if (grant === undefined && named) await requireNamedSecond(client, by, checker);
  return inTransaction(client, async () => {
    const open = await holdOpenDay(client);
    if (open.isBeingClosed) throw dayIsBeingClosed(formatDay(open.date), source);
    const stored = storedDocument(checked.document);
    const known = await keptAssignment(client, checked, stored, source);
    if (known !== undefined) return { ...known, dryRun };
    requireLastClose(checked.day, open, source);
    const { code, version } = checked.document;
    const subject = `${code} ${version}`;
    const { book, plan } = await assignmentBook(client, checked, source);
    const list = await listedLoans(client, checked, subject);
    const priced = priceLoans(checked, { book, plan, offered: list.offered });
    const outcome = outcomeOf(checked, plan, priced, book.minorDigits);
    requireRest(checked, list, priced, source);
    if (dryRun) return { ...outcome, dryRun };
    refuseAny(priced, source);
    const loanNos = priced.loans.map(({ loanNo }) => loanNo);
    const payload = { document: checked.document, loans: loanNos };
    const asked = { act: 'funding_assign', subject, payload, by } as const;
    const against = `${formatDay(open.date)}: ${priced.sold} sold, price ${priced.price}`;
    const second = grant?.by ?? checker;
    const waits = grant === undefined && !named;
    const done = await withApproval<AssignedList>(
      client,
      { ...asked, against },
      { waits, grant },
      async () => {
        // Whoever asks is shown that it can be done; to keep it takes the second person.
        if (second === undefined) return outcome;
        await keepAssignment(client, checked, { stored, plan, priced, by, checker: second });
        await writeAudit(client, {
          action: 'funding assign',
          subject,
          after: { sha256: stored.sha256, loans: loanNos.length, price: priced.price },
          by,
        });
        return outcome;
      },
    );
    if (grant === undefined && checker !== undefined) {
      await noteSecondPerson(client, asked, checker);
    }
    return done;
  });
}

async function requireNamedSecond(client: pg.Client, by: string, checker: string): Promise<void> {
  if (await loginsProve(client)) {
    throw refused('second_person_grants', 'With personal logins nobody names the second person.', {
      checker,
    });
  }
  if (!isSamePerson(by, checker)) return;
  const evidence = { maker: by, checker };
  throw refused('same_person', 'Loans are assigned by two persons.', evidence);
}

/** Of the very document that was kept under this code and version. */
async function keptAssignment(
  client: pg.Client,
  { document: { code, version, plan } }: CheckedAssignment,
  { sha256 }: StoredDocument,
  source: string,
): Promise<AssignedList | undefined> {
  const { rows } = await client.query<AssignedList & { sha256: string; last: number }>(
    readSql(import.meta.url, 'kept'),
    [code, version],
  );
  if (rows[0] === undefined) return undefined;
  const { sha256: kept, last, ...row } = rows[0];
  if (kept === sha256) {
    return { ...row, plan, loans: [], outcome: 'unchanged', dryRun: false };
  }
  throw new LoanbookError(
    'assignment_exists',
    `${code} version ${version} was assigned with other content, and a version never changes.`,
    {
      exitCode: EXIT.usage,
      evidence: { source, code, path: 'version', rule: 'never changes', value: version },
      next: `Give it \`version: ${last + 1}\`; what was assigned goes back by a buy_back.`,
    },
  );
}

/** Behind any other close the loans have moved on, or have not come so far. */
function requireLastClose(
  day: EpochDay,
  { date, isFirst }: { readonly date: EpochDay; readonly isFirst: boolean },
  source: string,
): void {
  if (!isFirst && day === date - 1) return;
  throw new LoanbookError('cut_not_last_close', 'Loans change hands behind the last close.', {
    exitCode: EXIT.usage,
    evidence: {
      ...{ source, path: 'day', rule: 'must be the last closed day', value: formatDay(day) },
      openDay: formatDay(date),
    },
    next:
      day >= date || isFirst
        ? 'Close that day first: `loanbook eod run`; then assign before the next close.'
        : `Give it \`day: ${formatDay(date - 1)}\`: what is closed stays as it was.`,
  });
}

function outcomeOf(
  { document, day }: CheckedAssignment,
  plan: NewPlan,
  priced: PricedList,
  minorDigits: number,
): AssignedList {
  const { code, version, kind, buyer } = document;
  return {
    ...{ code, version, kind, buyer, plan: plan.name, minorDigits, ...priced },
    ...{ day: formatDay(day), effectiveOn: formatDay(day + 1) },
    ...{ outcome: 'assigned', dryRun: false },
  };
}

function refused(code: string, message: string, evidence: Record<string, string>): LoanbookError {
  const next = 'Another person decides it: `loanbook approve grant`.';
  return new LoanbookError(code, message, { exitCode: EXIT.usage, evidence, next });
}
