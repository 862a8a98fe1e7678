import type pg from 'pg';
import { EVENT_TYPES } from '../simulate/documents/simulate-event.js';
import { eventKind } from './event-kind.js';
import { type ImportOptions, importFile } from './import-file.js';
import type { ImportOutcome } from './import-outcome.js';
import type { ColumnSpec } from './source/source-columns.js';

export const EVENT_COLUMNS: readonly ColumnSpec[] = [
  { name: 'ref', required: true },
  { name: 'loan_no', required: true },
  { name: 'type', required: true },
  { name: 'value_date', required: true },
  { name: 'business_date', required: false },
  // Which of these a row needs is a matter of its type.
  { name: 'amount', required: false },
  { name: 'component', required: false },
  { name: 'seq', required: false },
  { name: 'due_on', required: false },
  { name: 'early_payment', required: false },
  { name: 'rate', required: false },
  { name: 'of', required: false },
  { name: 'buyer', required: false },
];

const EVENTS = eventKind('events', EVENT_COLUMNS, EVENT_TYPES);

/**
 * Imports events of every type, booked on their value dates, and late ones on the open day or the
 * business date that they name. Throws as `importFile` does.
 */
export function importEvents(client: pg.Client, options: ImportOptions): Promise<ImportOutcome> {
  return importFile(client, EVENTS, options);
}
