import { historyOf } from './history.js';
import { type ModelResult, resultOf } from './result.js';
import { costOf } from './schedule/cost.js';
import { dayOf } from './schedule/days.js';
import { firstSchedule } from './schedule/schedule.js';
import { type ModelDocument, termsOf } from './terms.js';

export type { ModelResult } from './result.js';
export type { ModelDocument } from './terms.js';

/**
 * A second reading of docs/conventions.md, day by day and without shortcuts: the auditor of
 * `loanbook simulate`. It shares no code with what it audits.
 */
export function modelLoan(document: ModelDocument): ModelResult {
  const terms = termsOf(document);
  const through = document.through
    ? dayOf(document.through)
    : Math.max(...firstSchedule(terms).rows.map((row) => row.due));
  const history = historyOf(terms, document.events ?? [], through);
  return resultOf(history, through, costOf(terms));
}
