import { readSql } from '../../db/sql-file.js';
import type { EventName } from '../simulate/documents/simulate-event.js';
import { boundFees, rejectCostlyRates } from './event-bounds.js';
import { EVENT_STAGE_COLUMNS, EventIntake } from './event-intake.js';
import { ProductCatalogue } from './product-catalogue.js';
import type { ImportKind } from './row-intake.js';
import type { ColumnSpec } from './source/source-columns.js';
import { stageInTable, type TableKind } from './stage-file.js';

/** A kind of file that brings events of some types, with the columns that these need. */
export function eventKind(
  kind: 'repayments' | 'events',
  columns: readonly ColumnSpec[],
  types: readonly EventName[],
): ImportKind {
  const table = eventTable(columns, types);
  return {
    kind,
    columns,
    analyze: 'analyze_events',
    stage: (scene, file) => stageInTable(scene, table, file),
  };
}

export function eventTable(
  columns: readonly ColumnSpec[],
  types: readonly EventName[],
): TableKind<EventIntake> {
  return {
    columns,
    stageColumns: EVENT_STAGE_COLUMNS,
    stageSql: 'events-stage',
    // Which reversals can go in is seen when it is known which of the other rows do.
    rejectSql: ['events-rejected', 'events-reversal', 'events-reversal-rejected'],
    problems: [
      ['loan_no', 'unknown_loan'],
      ['value_date', 'value_date_before_disbursement'],
      ['ref', 'ref_in_book'],
      ['ref', 'ref_repeated'],
      ['rate', 'rate_out_of_range'],
      ['of', 'unknown_of'],
      ['of', 'reversal_of_a_reversal'],
      ['of', 'already_reversed'],
      ['of', 'reversal_before_event'],
      ['amount', 'fee_above_limit'],
      ['amount', 'amount_out_of_range'],
      ['rate', 'cost_above_cap'],
    ],
    judge: rejectCostlyRates,
    totalColumn: 'amount',
    async openIntake(scene) {
      const { productIds, unitsAYear } = (await ProductCatalogue.load(scene.client)).rateUnits();
      await scene.client.query(readSql(import.meta.url, 'events-rate-units'), [
        productIds,
        unitsAYear,
      ]);
      await boundFees(scene.client);
      return new EventIntake(scene, columns, types);
    },
    async store(client, importId, firstEventId) {
      await client.query(readSql(import.meta.url, 'events-event'), [importId, firstEventId]);
    },
  };
}
