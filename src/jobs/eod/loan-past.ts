import type pg from 'pg';
import { formatDay } from '../../accounting/epoch-day.js';
import { EVENT_TYPE } from '../../accounting/loan-event.js';
import type { Schedule } from '../../accounting/schedule-rows.js';
import type { EpochDay } from '../../accounting/units.js';
import { copyRows } from '../../db/copy-stream.js';
import { readDate } from '../../db/copy-tuple.js';
import { type DatedEvent, EVENT_COLUMNS, EVENT_FIELDS, readEventTuple } from './event-queue.js';
import { type Base, idList, loadBases, SAME_LOAN } from './kept-position.js';
import {
  arraysEnd,
  BIRTH_COLUMNS,
  BIRTH_FIELDS,
  type Birth,
  readBirth,
  type TaskScope,
} from './task-input.js';

/** A schedule version and the day whose close laid it. */
export interface ScheduleVersion {
  readonly version: number;
  readonly effectiveOn: EpochDay;
  readonly schedule: () => Schedule;
}

/** What was booked for a loan whose past changes today. */
export interface LoanPast {
  /** All events but the disbursement, today's included, in order of arrival. */
  readonly events: readonly DatedEvent[];
  /** What became of those judged before, where it matters: the rule, empty for posted. */
  readonly verdicts: ReadonlyMap<number, string>;
  /** The last kept day that none of the changes reaches; before `bornOn`: fold from birth. */
  readonly baseOn: EpochDay;
  /** The position of that day as its tuple. */
  readonly base: Buffer | null;
}

/** What an event may have to look up of its loan. */
export interface DeepLoan {
  readonly birth: Birth;
  /** Ascending. */
  readonly versions: readonly ScheduleVersion[];
  /** Null: nothing of the past changes. */
  past: LoanPast | null;
}

/** Schedules and contracts of the given loans, and the past of those that change it. */
export async function loadDeepLoans(
  client: pg.Client,
  scope: TaskScope,
  loanIds: readonly number[],
  changing: readonly number[],
): Promise<Map<number, DeepLoan>> {
  const loans = await loadContracts(client, loanIds);
  if (changing.length === 0) return loans;
  const events = await loadPastEvents(client, scope, changing);
  const bornOn = new Map<number, EpochDay>();
  for (const loanId of changing) {
    const loan = loans.get(loanId);
    if (loan !== undefined) bornOn.set(loanId, loan.birth.bornOn);
  }
  const bases = await loadBases(client, bornOn, events, scope.date);
  const verdicts = await loadVerdicts(client, scope, events, bases);
  for (const [loanId, base] of bases) {
    loans.get(loanId)!.past = {
      events: events.get(loanId) ?? [],
      verdicts: verdicts.get(loanId) ?? new Map(),
      baseOn: base.on,
      base: base.row,
    };
  }
  return loans;
}

/**
 * One loan with all that was booked of it up to a day, to be folded from birth. Undefined: the book
 * has no such loan.
 */
export async function loadWholePast(
  client: pg.Client,
  loanId: number,
  knownAt: EpochDay,
): Promise<DeepLoan | undefined> {
  const loan = (await loadContracts(client, [loanId])).get(loanId);
  if (loan === undefined) return undefined;
  const scope = { date: knownAt, bucketFrom: loan.birth.bucket, bucketTo: loan.birth.bucket };
  const events = (await loadPastEvents(client, scope, [loanId])).get(loanId) ?? [];
  const found = new Map<number, Map<number, string>>();
  const asked = events.map((event) => [loanId, event] as const);
  await readVerdicts(client, { ...scope, date: knownAt + 1 }, asked, found);
  const verdicts = found.get(loanId) ?? new Map<number, string>();
  loan.past = { events, verdicts, baseOn: loan.birth.bornOn - 1, base: null };
  return loan;
}

async function loadContracts(
  client: pg.Client,
  loanIds: readonly number[],
): Promise<Map<number, DeepLoan>> {
  const loans = new Map<number, DeepLoan>();
  const select = `SELECT ${BIRTH_COLUMNS}, s.effective_on FROM ${idList(loanIds)}
      JOIN loan l ON ${SAME_LOAN('l')}
      JOIN event e ON ${SAME_LOAN('e')} AND e.type <= 2
      JOIN schedule s ON ${SAME_LOAN('s')}
    ORDER BY l.bucket, l.loan_id, s.version`;
  await copyRows(client, select, BIRTH_FIELDS + 1, (view, at, bytes) => {
    const birth = readBirth(view, at, bytes);
    const effectiveOn = readDate(view, birthEnd(view, at) + 4);
    const version = { version: birth.version, effectiveOn, schedule: birth.schedule };
    const known = loans.get(birth.loanId);
    if (known === undefined) loans.set(birth.loanId, { birth, versions: [version], past: null });
    else (known.versions as ScheduleVersion[]).push(version);
  });
  return loans;
}

/** The end of a tuple of BIRTH_COLUMNS. */
function birthEnd(view: DataView, at: number): number {
  return arraysEnd(view, at + 110);
}

async function loadPastEvents(
  client: pg.Client,
  scope: TaskScope,
  loanIds: readonly number[],
): Promise<Map<number, DatedEvent[]>> {
  const found = new Map<number, DatedEvent[]>();
  const select = `SELECT ${EVENT_COLUMNS} FROM ${idList(loanIds)}
      JOIN event e ON ${SAME_LOAN('e')}
    WHERE e.type > 2 AND e.business_date <= '${formatDay(scope.date)}'
    ORDER BY e.bucket, e.loan_id, e.business_date, e.event_id`;
  await copyRows(client, select, EVENT_FIELDS, (view, at) => {
    const { loanId, event } = readEventTuple(view, at);
    const events = found.get(loanId);
    if (events === undefined) found.set(loanId, [event]);
    else events.push(event);
  });
  return found;
}

/** Verdicts on the events that are folded again and on those that today's reversals undo. */
async function loadVerdicts(
  client: pg.Client,
  scope: TaskScope,
  events: ReadonlyMap<number, readonly DatedEvent[]>,
  bases: ReadonlyMap<number, Base>,
): Promise<Map<number, Map<number, string>>> {
  const recent: [number, DatedEvent][] = [];
  const older: [number, DatedEvent][] = [];
  for (const [loanId, own] of events) {
    const undone = new Set(own.map((event) => event.ofEventId));
    for (const event of own) {
      if (event.businessDate >= scope.date) continue;
      const matters =
        event.valueDate > (bases.get(loanId)?.on ?? scope.date) ||
        undone.has(event.eventId) ||
        event.type === EVENT_TYPE.reversal;
      if (!matters) continue;
      (event.businessDate >= scope.date - 7 ? recent : older).push([loanId, event]);
    }
  }
  const found = new Map<number, Map<number, string>>();
  for (const group of [recent, older]) await readVerdicts(client, scope, group, found);
  return found;
}

async function readVerdicts(
  client: pg.Client,
  scope: TaskScope,
  asked: readonly (readonly [number, DatedEvent])[],
  found: Map<number, Map<number, string>>,
): Promise<void> {
  if (asked.length === 0) return;
  const from = Math.min(...asked.map(([, event]) => event.businessDate));
  // The bounds of the day are constants: partitions outside of them are never opened.
  const { rows } = await client.query<{ loan_id: number; event_id: number; rule: string }>(
    `SELECT DISTINCT ON (o.loan_id, o.event_id) o.loan_id, o.event_id, o.rule
     FROM unnest($1::bigint[], $2::bigint[]) AS u (loan_id, event_id)
       JOIN event_outcome o ON ${SAME_LOAN('o')} AND o.event_id = u.event_id
     WHERE o.business_date BETWEEN '${formatDay(from)}' AND '${formatDay(scope.date - 1)}'
     ORDER BY o.loan_id, o.event_id, o.business_date DESC`,
    [asked.map(([loanId]) => loanId), asked.map(([, event]) => event.eventId)],
  );
  for (const { loan_id: loanId, event_id: eventId, rule } of rows) {
    let own = found.get(loanId);
    if (own === undefined) {
      own = new Map();
      found.set(loanId, own);
    }
    own.set(eventId, rule);
  }
}

/** The schedule in force at the close of a day. */
export function scheduleOn(loan: DeepLoan, day: EpochDay): ScheduleVersion {
  let found = loan.versions[0]!;
  for (const version of loan.versions) {
    if (version.version === 1 || version.effectiveOn <= day) found = version;
  }
  return found;
}
