import type pg from 'pg';
import type { Position } from '../../accounting/fold/position.js';
import { BUCKET_COUNT, type EpochDay } from '../../accounting/money/units.js';
import { CopySink } from '../../db/copy/copy-stream.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';
import { eachJointStock, type JointGroups } from '../day/joint/joint-stocks.js';
import type { OwnStock } from '../day/joint/stock.js';
import type { Exposure, ImpairmentDocument } from './documents/impairment-document.js';
import { requiredOf, type SegmentRate } from './segments.js';

const COLUMNS = ['as_of', 'loan_id', 'ead', 'allowance', 'group_id', 'bucket', 'stage'];
/** Buckets whose loans wait in memory at a time. */
const SHARE = 64;
const ROOM = 1 << 16;

/** Measures the loans that others fund as well: the lender loses no more than it has of them. */
export async function measureJointLoans(
  client: pg.Client,
  asOf: EpochDay,
  document: ImpairmentDocument,
  rates: readonly SegmentRate[],
  joint: JointGroups,
): Promise<void> {
  if (joint.groupIds.length === 0) return;
  const exposures = [...new Set(document.exposure)];
  const byKey = new Map(rates.map((rate) => [`${rate.groupId}/${rate.stage}`, rate]));
  const rows = new TupleWriter(ROOM);
  for (let from = 0; from < BUCKET_COUNT; from += SHARE) {
    const buckets = { from, to: from + SHARE - 1 };
    await eachJointStock(
      client,
      asOf,
      joint,
      (position, stock) => {
        const ead = exposures.reduce((sum, name) => sum + exposureOf(name, position, stock), 0);
        if (ead <= 0) return;
        const stage = stageOf(position, document);
        const { pdPpb, lgdPpb } = byKey.get(`${position.groupId}/${stage}`)!;
        rows.tuple(COLUMNS.length);
        rows.date(asOf);
        rows.int8(position.loanId);
        rows.int8(ead);
        rows.int8(Number(requiredOf(BigInt(ead), pdPpb, lgdPpb)));
        rows.int4(position.groupId);
        rows.int2(position.bucket);
        rows.int2(stage);
      },
      buckets,
    );
    if (rows.length === 0) continue;
    const sink = new CopySink(client, 'impairment_loan', COLUMNS);
    const bytes = rows.take();
    await sink.write(bytes, () => rows.recycle(bytes));
    await sink.finish();
  }
}

function stageOf({ accruing, daysPastDue }: Position, { stages }: ImpairmentDocument): number {
  if (!accruing || daysPastDue > stages.stage_3_after) return 3;
  return daysPastDue > stages.stage_2_after ? 2 : 1;
}

function exposureOf(name: Exposure, { accruing }: Position, { own }: OwnStock): number {
  const [normal = 0, overdue = 0, accrued = 0, due = 0, penalty = 0, compound = 0, fee = 0] = own;
  switch (name) {
    case 'principal':
      return normal + overdue;
    case 'interest_accrued':
      return accruing ? accrued : 0;
    case 'interest_due':
      return accruing ? due : 0;
    case 'penalty':
      return accruing ? penalty : 0;
    case 'compound':
      return accruing ? compound : 0;
    case 'fee':
      return fee;
  }
}
