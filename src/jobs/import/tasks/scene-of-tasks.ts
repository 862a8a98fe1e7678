import type pg from 'pg';
import { BUCKET_COUNT } from '../../../accounting/money/units.js';
import { loadCostCaps } from '../../book/cost-caps.js';
import { openDate } from '../../book/open-day.js';
import { boundsOn, loadBounds } from '../../book/policy-bounds.js';
import { PlanCatalogue } from '../assigned-plan.js';
import { ProductCatalogue } from '../product-catalogue.js';
import { SCHEDULE_COLUMNS } from '../schedule-group.js';
import { LOAN_COLUMNS } from '../source/loan-columns.js';
import { type ColumnSpec, SourceColumns } from '../source/source-columns.js';
import type { ColumnPlan } from '../source/source-file.js';
import type { TaskScene } from './loan-task.js';
import { MerchantVersions } from './merchants-of-book.js';
import type { TasksPlan } from './worker.js';

/** Reads what the tasks of a file are held to; the lock of imports keeps it as it is. */
export async function sceneOfTasks(client: pg.Client, plan: TasksPlan): Promise<TaskScene> {
  const { rows } = await client.query<{ minorDigits: number; currency: string; hasLoans: boolean }>(
    `SELECT minor_digits AS "minorDigits", currency, EXISTS (SELECT FROM loan) AS "hasLoans"
     FROM book`,
  );
  const { minorDigits, currency, hasLoans } = rows[0]!;
  const openDay = await openDate(client);
  const bounds = boundsOn(await loadBounds(client));
  const catalogue = await ProductCatalogue.load(client);
  const costCapOn = await loadCostCaps(client);
  const plans = await PlanCatalogue.load(client);
  const merchants = await MerchantVersions.load(client);
  return {
    client,
    scene: { openDay, minorDigits, currency, today: plan.today, boundsOn: bounds },
    rules: { catalogue, costCapOn, plans, merchants },
    columns: columnsOf(plan.columns, LOAN_COLUMNS),
    scheduleColumns:
      plan.scheduleColumns === null ? null : columnsOf(plan.scheduleColumns, SCHEDULE_COLUMNS),
    fd: plan.fd,
    births: plan.births,
    ordinals: await lastOrdinals(client),
    hasLoans,
    isDelta: plan.isDelta,
  };
}

function columnsOf(plan: ColumnPlan, specs: readonly ColumnSpec[]): SourceColumns {
  return new SourceColumns(plan.file, plan.header, specs, plan.mapping);
}

async function lastOrdinals(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ bucket: number; last_ordinal: number }>(
    'SELECT bucket, last_ordinal FROM bucket_counter',
  );
  const ordinals = new Array<number>(BUCKET_COUNT).fill(0);
  for (const row of rows) ordinals[row.bucket] = row.last_ordinal;
  return ordinals;
}
