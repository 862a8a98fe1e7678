import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { CLASS_NAMES, STATUS_NAMES } from '../../../accounting/fold/position.js';
import type { Fen } from '../../../accounting/money/units.js';
import { MOVEMENT } from '../../../accounting/posting/flow.js';
import { readSql } from '../../../db/sql-file.js';
import {
  type BreakType,
  type ByComponent,
  type CheckedLoan,
  type CheckTerms,
  checkLoan,
  type OurLoan,
  type TheirLoan,
} from '../../../funding/check/check-loan.js';
import { SHARED } from '../../../funding/plan/plan.js';
import type { OpenBreaks } from './partner-breaks.js';

/** A break as the book keeps it. */
export interface FoundBreak {
  readonly loanNo: string;
  /** Of the file; 0: it has none. */
  readonly line: number;
  readonly bucket: number;
  readonly loanId: number;
  readonly type: BreakType;
  /** Index of a component; null: of the loan. */
  readonly component: number | null;
  readonly difference: Fen;
  readonly theirs: Fen | null;
  readonly ours: Fen | null;
  readonly ourStatus: string;
}

export interface FoundBreaks {
  readonly breaks: readonly FoundBreak[];
  readonly tolerated: readonly (Fen | undefined)[];
  /** Loans that were not compared, for nobody could read their line. */
  readonly apart: number;
}

type OddRow = Readonly<Record<string, number | string | null>> & {
  readonly loan_no: string;
  readonly line: number;
  readonly bucket: number | null;
  readonly loan_id: number | null;
};

const BATCH = 10_000;
/** Movements that bring in; the others take out. */
const BRINGS_IN = [MOVEMENT.disbursement, MOVEMENT.opening, MOVEMENT.accrual, MOVEMENT.fee];

/** What is wrong with the loans of `odd_loan` and `apart`, by the rules of a snapshot check. */
export async function checkOddLoans(
  client: pg.Client,
  partner: string,
  terms: CheckTerms,
  known: OpenBreaks,
): Promise<FoundBreaks> {
  const breaks: FoundBreak[] = [...(await duplicates(client))];
  const tolerated: (Fen | undefined)[] = [];
  let last = '';
  for (;;) {
    const { rows } = await client.query<OddRow>(
      'SELECT * FROM odd_loan WHERE loan_no > $1 ORDER BY loan_no LIMIT $2',
      [last, BATCH],
    );
    const to = rows.at(-1)?.loan_no;
    if (to === undefined) break;
    const late = await lateMoves(client, partner, terms, last, to);
    for (const row of rows) {
      const checked = checkRow(row, late.get(row.loan_no) ?? [], terms, known);
      breaks.push(...checked.breaks.map((each) => foundOf(row, each)));
      for (const [component, difference] of checked.tolerated.entries()) {
        if (difference === undefined) continue;
        tolerated[component] = (tolerated[component] ?? 0) + difference;
      }
    }
    last = to;
  }
  const { rows } = await client.query<{ apart: number }>(
    'SELECT count(*) AS apart FROM apart WHERE NOT readable',
  );
  // Duplicates were found first; those of one loan stay in their order.
  breaks.sort((a, b) => (a.loanNo < b.loanNo ? -1 : a.loanNo > b.loanNo ? 1 : 0));
  return { breaks, tolerated, apart: rows[0]!.apart };
}

/** Their cut-off lies somewhere in our days: what moved behind it are the last moves, or all. */
function checkRow(
  row: OddRow,
  moves: readonly ByComponent[],
  terms: CheckTerms,
  known: OpenBreaks,
): CheckedLoan {
  const ours = row.bucket === null ? null : ourLoan(row, known);
  const theirs = row.line === 0 ? [] : [theirLoan(row)];
  const plain = checkLoan(ours, theirs, terms);
  if (ours === null || theirs.length === 0) return plain;
  const late = SHARED.map(() => 0);
  for (const move of moves) {
    for (const component of late.keys()) late[component]! += move[component] ?? 0;
    const checked = checkLoan({ ...ours, late: [...late] }, theirs, terms);
    if (checked.breaks.some(({ type }) => type === 'cross_day')) return checked;
  }
  return plain;
}

function ourLoan(row: OddRow, known: OpenBreaks): OurLoan {
  return {
    status: STATUS_NAMES[Number(row.our_status)],
    class: CLASS_NAMES[Number(row.our_class)],
    amounts: amountsOf(row, 'our_'),
    late: [],
    crossSince: known.crossSince(row.loan_no),
  };
}

function theirLoan(row: OddRow): TheirLoan {
  const before = amountsOf(row, 'before_');
  return {
    status: row.status === null ? undefined : STATUS_NAMES[Number(row.status)],
    class: row.class === null ? undefined : CLASS_NAMES[Number(row.class)],
    amounts: amountsOf(row, ''),
    before: before.every((amount) => amount === undefined) ? undefined : before,
    flows: amountsOf(row, 'flow_'),
  };
}

function amountsOf(row: OddRow, prefix: string): ByComponent {
  return SHARED.map((name) => {
    const amount = row[prefix + name];
    return amount === null || amount === undefined ? undefined : Number(amount);
  });
}

function foundOf(row: OddRow, { type, component, difference }: CheckedLoan['breaks'][number]) {
  const name = component === undefined ? undefined : SHARED[component];
  const amount = (key: string) => (row[key] === null ? null : Number(row[key]));
  return {
    ...{ loanNo: row.loan_no, line: row.line, bucket: row.bucket ?? 0, loanId: row.loan_id ?? 0 },
    ...{ type, component: component ?? null, difference: difference ?? 0 },
    theirs: name === undefined ? null : amount(name),
    ours: name === undefined ? null : amount(`our_${name}`),
    ourStatus: row.our_status === null ? '' : (STATUS_NAMES[Number(row.our_status)] ?? ''),
  };
}

async function duplicates(client: pg.Client): Promise<FoundBreak[]> {
  const { rows } = await client.query<{
    loan_no: string;
    line: number;
    bucket: number | null;
    loan_id: number | null;
    status: number | null;
  }>(
    `SELECT a.loan_no, a.line, o.bucket, o.loan_id, o.status
     FROM apart a LEFT JOIN our_loan o USING (loan_no) WHERE a.readable ORDER BY a.loan_no`,
  );
  return rows.map(({ loan_no: loanNo, line, bucket, loan_id: loanId, status }) => ({
    ...{ loanNo, line, bucket: bucket ?? 0, loanId: loanId ?? 0, type: 'duplicate' as const },
    ...{ component: null, difference: 0, theirs: null, ours: null },
    ourStatus: status === null ? '' : (STATUS_NAMES[status] ?? ''),
  }));
}

/**
 * What moved on the day, and on those before it for which a difference may be one of two cut-offs,
 * by loan, the last move first; as it changed the balance.
 */
async function lateMoves(
  client: pg.Client,
  partner: string,
  { day, crossDays }: CheckTerms,
  from: string,
  to: string,
): Promise<Map<string, ByComponent[]>> {
  const { rows } = await client.query<Record<string, number> & { loan_no: string; side: number }>(
    readSql(import.meta.url, 'late'),
    [formatDay(day), partner, BRINGS_IN, from, to, crossDays],
  );
  const moves = new Map<string, ByComponent[]>();
  for (const row of rows) {
    const move = SHARED.map((name) => row.side * Number(row[name]));
    moves.set(row.loan_no, [...(moves.get(row.loan_no) ?? []), move]);
  }
  return moves;
}
