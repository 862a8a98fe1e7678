import { beginLoan } from '../../src/accounting/fold/begin-loan.js';
import { foldRange, type LoanRun, type ValuedEvent } from '../../src/accounting/fold/fold-range.js';
import { foldTerms } from '../../src/accounting/fold/fold-terms.js';
import type { LoanFile } from '../../src/accounting/fold/loan-terms-at-hand.js';
import { blankPosition, type Position } from '../../src/accounting/fold/position.js';
import type { EpochDay, Fen } from '../../src/accounting/money/units.js';
import { DayFlow } from '../../src/accounting/posting/flow.js';
import { TOTALS_COUNT } from '../../src/accounting/posting/totals.js';
import { laySchedule } from '../../src/accounting/schedule/schedule.js';
import type { Schedule } from '../../src/accounting/schedule/schedule-rows.js';
import { arrivalOrder } from '../../src/accounting/simulate/simulate-events.js';
import type { SimulationInput } from '../../src/accounting/simulate/simulate-input.js';
import { viewOf } from '../../src/db/copy/copy-tuple.js';
import { TupleWriter } from '../../src/db/copy/tuple-writer.js';
import { requireSound } from '../../src/jobs/day/damage/position-fault.js';
import { PositionRow } from '../../src/jobs/day/position-row.js';

/** Where a loan stands after its last day. */
export interface LoanEnd {
  readonly position: Position;
  readonly schedule: Schedule;
  readonly totals: readonly Fen[];
  readonly interest: readonly Fen[];
}

/** Closes every day of a loan in one range, from birth. */
export function foldAtOnce(input: SimulationInput): LoanEnd {
  const { from, until, events } = spanOf(input);
  const run = birth(input);
  const interest: Fen[] = [];
  fold(run, input, { from, to: until }, events, interest);
  return { ...run, schedule: run.file.schedule, interest };
}

/**
 * Closes every day of a loan in a range of its own; between two days the position is only a row of
 * the table: its bytes are written, and read again.
 */
export function foldByDays(input: SimulationInput): LoanEnd {
  const { from, until, events } = spanOf(input);
  let run = birth(input);
  const interest: Fen[] = [];
  for (let date = from; date <= until; date += 1) {
    run = throughRow(run);
    fold(run, input, { from: date, to: date }, events, interest);
  }
  return { ...run, schedule: run.file.schedule, interest };
}

function spanOf(input: SimulationInput) {
  const from = input.contract.disbursedOn;
  const until = input.through ?? from;
  const arrived = arrivalOrder(input.events, until).filter(({ valueDate }) => valueDate >= from);
  const events: ValuedEvent[] = arrived
    .map((event, index) => ({
      valueDate: event.valueDate,
      event: { ...event, eventId: index + 1, amount: event.amount ?? 0 },
    }))
    .sort((a, b) => a.valueDate - b.valueDate);
  return { from, until, events };
}

function birth(input: SimulationInput): LoanRun {
  const { contract, terms } = input;
  const position = blankPosition();
  const totals: Fen[] = new Array(TOTALS_COUNT).fill(0);
  const schedule = input.schedule ?? laySchedule(terms, contract);
  const file: LoanFile = { contract, schedule, changed: false, totals: () => totals };
  beginLoan(position, terms, file);
  return { position, file, totals };
}

function fold(
  run: LoanRun,
  { terms, policy, calendar }: SimulationInput,
  span: { readonly from: EpochDay; readonly to: EpochDay },
  events: readonly ValuedEvent[],
  interest: Fen[],
): void {
  const days = {
    book: (date: EpochDay) => ({ date, policy, calendar }),
    terms: (date: EpochDay) => foldTerms(terms, date),
  };
  const flow = new DayFlow();
  foldRange(run, span, events, days, flow, () => interest.push(flow.interestAccrued));
}

function throughRow({ position, file, totals }: LoanRun): LoanRun {
  const written = new PositionRow();
  Object.assign(written.position, position);
  totals.forEach((total, at) => {
    written.totals[at] = total;
  });
  const writer = new TupleWriter(1024);
  written.write(writer);
  const bytes = Buffer.from(writer.bytes.subarray(0, writer.length));
  const row = new PositionRow();
  row.read(viewOf(bytes), 2, bytes);
  // What a close holds a loan for must be said of no position that a close has written.
  if (position.engineVersion > 0) requireSound(row.position, position.foldedOn);
  const again = row.openTotals();
  return { position: row.position, file: { ...file, totals: () => again }, totals: again };
}
