import { EVENT_TYPE, MONEY_TYPES } from '../events/loan-event.js';
import type { ValuedEvent } from '../fold/fold-range.js';
import type { EpochDay, Fen } from '../money/units.js';
import type { DatedEvent } from './dated-event.js';
import { isVoided, REVERSED, type Verdicts, VOIDED_EVENT } from './verdict.js';

/** Which of the events given are folded again. */
export interface Known {
  readonly verdicts: Verdicts;
  /** Events that reversals have undone. */
  readonly undone: ReadonlySet<number>;
  /** What took effect by then is in the position to fold from. */
  readonly baseOn: EpochDay;
}

/**
 * What is known and not rejected, by value date, then arrival. An event that became impossible
 * stays in its place as one of no type, so that its money goes to suspense there; what was posted
 * as money moves for ever what it moved then.
 */
export function knownQueue(
  events: readonly DatedEvent[],
  { verdicts, undone, baseOn }: Known,
): ValuedEvent[] {
  const found: ValuedEvent[] = [];
  for (const event of events) {
    if (event.type === EVENT_TYPE.reversal || undone.has(event.eventId)) continue;
    if (event.valueDate <= baseOn) continue;
    const verdict = verdicts.get(event.eventId);
    const rule = verdict?.rule ?? '';
    const voided = isVoided(verdict);
    if (rule !== '' && rule !== REVERSED && !voided) continue;
    const cash = MONEY_TYPES.has(event.type) ? verdict?.cash : undefined;
    const own = asJudged(event, voided ? VOIDED_EVENT : event.type, cash);
    found.push({ valueDate: event.valueDate, event: own });
  }
  return found.sort((a, b) => a.valueDate - b.valueDate);
}

/** Field by field: V8 leaves garbage of each spread event that only full collections see. */
function asJudged(event: DatedEvent, type: number, cash: Fen | undefined): DatedEvent {
  return {
    eventId: event.eventId,
    type,
    amount: event.amount,
    component: event.component,
    seq: event.seq,
    dueOn: event.dueOn,
    earlyPayment: event.earlyPayment,
    ratePpb: event.ratePpb,
    cash,
    valueDate: event.valueDate,
    businessDate: event.businessDate,
    ofEventId: event.ofEventId,
  };
}
