import type pg from 'pg';
import { eventsJudgedBefore } from '../../accounting/backdating/base-day.js';
import type { DatedEvent } from '../../accounting/backdating/dated-event.js';
import type { Past } from '../../accounting/backdating/refold.js';
import type { Verdict, Verdicts } from '../../accounting/backdating/verdict.js';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { Schedule } from '../../accounting/schedule/schedule-rows.js';
import { copyRows, keepRows } from '../../db/copy/copy-stream.js';
import { isDay, readDate } from '../../db/copy/copy-tuple.js';
import { TupleList } from '../../db/copy/tuple-list.js';
import {
  type ChangedContract,
  CONTRACT_COLUMNS,
  CONTRACT_FIELDS,
  contractChanged,
  JOIN_DIGEST,
  keptDigest,
  readableChange,
} from './contract.js';
import { damagedDate } from './damage/damaged-row.js';
import { EVENT_COLUMNS, EVENT_FIELDS, eventsOf } from './event-queue.js';
import { type Base, idList, loadBases, SAME_LOAN } from './kept-position.js';
import { OPENING_JOIN } from './opening-row.js';
import { type Birth, birthEnd, readBirth, type TaskScope, VERSION_AT } from './task-input.js';

/** A schedule version and the day whose close laid it. */
export interface ScheduleVersion {
  readonly version: number;
  readonly effectiveOn: EpochDay;
  readonly schedule: () => Schedule;
}

/** What was booked for a loan whose past changes today; the verdicts are those that matter. */
export interface LoanPast extends Past {
  /** The position of `baseOn` as its tuple. */
  readonly base: Buffer | null;
}

const NO_VERDICTS: Verdicts = new Map();

/** What an event may have to look up of its loan. */
export interface DeepLoan {
  readonly birth: Birth;
  /** Ascending. */
  readonly versions: readonly ScheduleVersion[];
  /** Null: nothing of the past changes. */
  readonly past: LoanPast | null;
}

/** What of the past of a loan is not among its events. */
type Judged = Omit<LoanPast, 'events'>;

/** Loans that are looked up: each is read from its bytes when it is asked for. */
export class DeepLoans {
  /** Of `CONTRACT_COLUMNS`: a tuple a schedule version. */
  readonly contracts: TupleList;
  /** Of `EVENT_COLUMNS`: those of the loans whose past changes. */
  readonly events: TupleList;
  readonly #judged = new Map<number, Judged>();

  /** Over empty lists, which are still to be filled. */
  constructor(contracts = new TupleList(), events = new TupleList()) {
    this.contracts = contracts;
    this.events = events;
  }

  has(loanId: number): boolean {
    const { contracts } = this;
    return contracts.idAt(contracts.firstOf(loanId)) === loanId;
  }

  /** The day the loan was born; undefined: it is not among them. */
  bornOn(loanId: number): EpochDay | undefined {
    const { contracts } = this;
    const k = contracts.firstOf(loanId);
    if (contracts.idAt(k) !== loanId) return undefined;
    return readBirth(contracts.view, contracts.at(k)).bornOn;
  }

  /** Throws InvariantError where an event of the loan's past is damaged. */
  get(loanId: number): DeepLoan | undefined {
    const { contracts, events } = this;
    const versions: ScheduleVersion[] = [];
    let first: Birth | undefined;
    for (let k = contracts.firstOf(loanId); contracts.idAt(k) === loanId; k += 1) {
      const { view } = contracts;
      const birth = readBirth(view, contracts.at(k));
      first ??= birth;
      const { version, schedule } = birth;
      const effectiveOn = readDate(view, birthEnd(view, contracts.at(k)) + 4);
      versions.push({ version, effectiveOn, schedule });
    }
    if (first === undefined) return undefined;
    requireDated(versions);
    const judged = this.#judged.get(loanId);
    const past = judged === undefined ? null : { ...judged, events: eventsOf(events, loanId) };
    return { birth: first, versions, past };
  }

  judge(loanId: number, judged: Judged): void {
    this.#judged.set(loanId, judged);
  }
}

/** Which of them is in force is not known where one has no date: then `schedule` of none is. */
function requireDated(versions: ScheduleVersion[]): void {
  const undated = versions.find(({ version, effectiveOn }) => version > 1 && !isDay(effectiveOn));
  if (undated === undefined) return;
  const schedule = () => {
    throw damagedDate('schedule', 'effective_on', undated.effectiveOn);
  };
  for (const [k, version] of versions.entries()) versions[k] = { ...version, schedule };
}

/** Schedules and contracts of the given loans, and the past of those that change it. */
export async function loadDeepLoans(
  client: pg.Client,
  scope: TaskScope,
  loanIds: readonly number[],
  changing: readonly number[],
  loans = new DeepLoans(),
): Promise<DeepLoans> {
  await loadContracts(client, loanIds, loans.contracts, scope.date);
  if (changing.length === 0) return loans;
  await loadPastEvents(client, scope, changing, loans.events);
  const bornOn = new Map<number, EpochDay>();
  for (const loanId of changing) {
    const day = loans.bornOn(loanId);
    if (day !== undefined) bornOn.set(loanId, day);
  }
  const eventsOfLoan = (loanId: number) => readableEvents(loans.events, loanId);
  const bases = await loadBases(client, bornOn, eventsOfLoan, scope.date);
  const verdicts = await loadVerdicts(client, scope, eventsOfLoan, bases);
  for (const [loanId, { on, row }] of bases) {
    const own = verdicts.get(loanId) ?? NO_VERDICTS;
    loans.judge(loanId, { verdicts: own, baseOn: on, base: row });
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
  const loans = new DeepLoans();
  await loadContracts(client, [loanId], loans.contracts);
  const birth = loans.get(loanId)?.birth;
  if (birth === undefined) return undefined;
  const scope = { date: knownAt, bucketFrom: birth.bucket, bucketTo: birth.bucket };
  await loadPastEvents(client, scope, [loanId], loans.events);
  const found = new Map<number, Map<number, Verdict>>();
  const asked = eventsOf(loans.events, loanId).map((event) => [loanId, event] as const);
  await readVerdicts(client, { ...scope, date: knownAt + 1 }, asked, found);
  const verdicts = found.get(loanId) ?? NO_VERDICTS;
  loans.judge(loanId, { verdicts, baseOn: birth.bornOn - 1, base: null });
  return loans.get(loanId);
}

/** With `today` a close holds them against the digests that were kept: `contract_changed` (3). */
async function loadContracts(
  client: pg.Client,
  loanIds: readonly number[],
  contracts: TupleList,
  today?: EpochDay,
): Promise<void> {
  const select = `SELECT ${CONTRACT_COLUMNS}, ${keptDigest(today ?? 0)} FROM ${idList(loanIds)}
      JOIN loan l ON ${SAME_LOAN('l')}
      JOIN event e ON ${SAME_LOAN('e')} AND is_birth(e.type)
      JOIN schedule s ON ${SAME_LOAN('s')}
      ${OPENING_JOIN}
      ${JOIN_DIGEST}
    ORDER BY l.bucket, l.loan_id, s.version`;
  let changed: ChangedContract | undefined;
  await copyRows(client, select, CONTRACT_FIELDS + 1, (view, at, bytes, end) => {
    contracts.push(bytes, at, end);
    const isFirst = view.getInt16(at + VERSION_AT) === 1;
    if (today !== undefined && isFirst) changed ??= readableChange(view, at, bytes);
  });
  if (changed !== undefined) throw await contractChanged(client, changed);
}

async function loadPastEvents(
  client: pg.Client,
  scope: TaskScope,
  loanIds: readonly number[],
  events: TupleList,
): Promise<void> {
  const select = `SELECT ${EVENT_COLUMNS} FROM ${idList(loanIds)}
      JOIN event e ON ${SAME_LOAN('e')}
    WHERE NOT is_birth(e.type) AND e.business_date <= '${formatDay(scope.date)}'
    ORDER BY e.bucket, e.loan_id, e.business_date, e.event_id`;
  await keepRows(client, select, EVENT_FIELDS, events);
}

/** None of a loan of which one is damaged: who folds it reads them again, and holds the loan. */
function readableEvents(events: TupleList, loanId: number): readonly DatedEvent[] {
  try {
    return eventsOf(events, loanId);
  } catch (error) {
    if (error instanceof InvariantError || error instanceof RangeError) return [];
    throw error;
  }
}

/** Verdicts on the events that are folded again and on those that today's reversals undo. */
async function loadVerdicts(
  client: pg.Client,
  scope: TaskScope,
  eventsOfLoan: (loanId: number) => readonly DatedEvent[],
  bases: ReadonlyMap<number, Base>,
): Promise<Map<number, Map<number, Verdict>>> {
  const recent: [number, DatedEvent][] = [];
  const older: [number, DatedEvent][] = [];
  for (const [loanId, base] of bases) {
    const own = eventsOfLoan(loanId);
    for (const event of eventsJudgedBefore(own, base.on, scope.date)) {
      (event.businessDate >= scope.date - 7 ? recent : older).push([loanId, event]);
    }
  }
  const found = new Map<number, Map<number, Verdict>>();
  for (const group of [recent, older]) await readVerdicts(client, scope, group, found);
  return found;
}

async function readVerdicts(
  client: pg.Client,
  scope: TaskScope,
  asked: readonly (readonly [number, DatedEvent])[],
  found: Map<number, Map<number, Verdict>>,
): Promise<void> {
  if (asked.length === 0) return;
  const from = Math.min(...asked.map(([, event]) => event.businessDate));
  // The bounds of the day are constants: partitions outside of them are never opened.
  const { rows } = await client.query<VerdictRow>(
    `SELECT o.loan_id, o.event_id, (array_agg(o.rule ORDER BY o.business_date DESC))[1] AS rule,
       sum(o.allocated) + sum(o.to_suspense) AS cash
     FROM unnest($1::bigint[], $2::bigint[]) AS u (loan_id, event_id)
       JOIN event_outcome o ON ${SAME_LOAN('o')} AND o.event_id = u.event_id
     WHERE o.business_date BETWEEN '${formatDay(from)}' AND '${formatDay(scope.date - 1)}'
     GROUP BY o.loan_id, o.event_id`,
    [asked.map(([loanId]) => loanId), asked.map(([, event]) => event.eventId)],
  );
  for (const { loan_id: loanId, event_id: eventId, rule, cash } of rows) {
    let own = found.get(loanId);
    if (own === undefined) {
      own = new Map();
      found.set(loanId, own);
    }
    own.set(eventId, { rule, cash: Number(cash) });
  }
}

interface VerdictRow {
  readonly loan_id: number;
  readonly event_id: number;
  readonly rule: string;
  readonly cash: bigint;
}

/** The schedule in force at the close of a day. */
export function scheduleOn(loan: DeepLoan, day: EpochDay): ScheduleVersion {
  let found = loan.versions[0]!;
  for (const version of loan.versions) {
    if (version.version === 1 || version.effectiveOn <= day) found = version;
  }
  return found;
}
