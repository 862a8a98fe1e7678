/** A row of a snapshot as its partner would send it. */
export interface SnapshotRow {
  readonly loanNo: string;
  readonly status: string;
  readonly class: string;
  readonly principal: number;
  readonly interest: number;
  /** Their balance of yesterday, and what moved. */
  readonly before: number;
  readonly flow: number;
}

export interface Expected {
  readonly loanNo: string;
  readonly type: string;
  readonly component: string | null;
  readonly difference: number;
}

export interface Falsified {
  readonly rows: SnapshotRow[];
  readonly breaks: Expected[];
  /** Differences within the tolerance, summed. */
  readonly tolerated: number;
}

export const TITLES = 'loan_no,status,class,principal,interest,before_principal,flow_principal';
export const WAYS = 9;

export function lineOf(row: SnapshotRow): string {
  const fen = (amount: number) => (amount / 100).toFixed(2);
  const amounts = [row.principal, row.interest, row.before, row.flow].map(fen);
  return [row.loanNo, row.status, row.class, ...amounts].join(',');
}

/** Falsifies the rows at these places, each in the way of its turn. */
export function falsified(
  rows: readonly SnapshotRow[],
  places: ReadonlySet<number>,
  tolerance: number,
): Falsified {
  const made: SnapshotRow[] = [];
  const breaks: Expected[] = [];
  let tolerated = 0;
  let turn = 0;
  const put = (row: SnapshotRow, type: string, component: string | null = null, difference = 0) => {
    made.push(row);
    breaks.push({ loanNo: row.loanNo, type, component, difference });
  };
  for (const [at, row] of rows.entries()) {
    if (!places.has(at)) {
      made.push(row);
      continue;
    }
    const more = tolerance + 1 + (at % 500);
    switch (turn % WAYS) {
      case 0:
        made.push(row);
        put(row, 'duplicate');
        break;
      case 1:
        breaks.push({ loanNo: row.loanNo, type: 'missing_theirs', component: null, difference: 0 });
        break;
      case 2:
        made.push(row);
        put({ ...row, loanNo: `X${row.loanNo}` }, 'missing_ours');
        break;
      case 3:
        put({ ...row, before: row.before + 7 }, 'roll', 'principal', -7);
        break;
      case 4:
        put({ ...row, status: row.status === 'overdue' ? 'normal' : 'overdue' }, 'status');
        break;
      case 5:
        put({ ...row, class: row.class === 'loss' ? 'normal' : 'loss' }, 'class');
        break;
      case 6:
        put(
          { ...row, principal: row.principal + more, before: row.before + more },
          ...(['amount', 'principal', more] as const),
        );
        break;
      case 7:
        put({ ...row, interest: row.interest + more }, 'amount', 'interest', more);
        break;
      default:
        made.push({ ...row, interest: row.interest + tolerance });
        tolerated += tolerance;
    }
    turn += 1;
  }
  return { rows: made, breaks, tolerated };
}

/** The breaks as `openBreaks` gives those of a book. */
export function expectedBreaks({ breaks }: Falsified): string[] {
  return breaks
    .map(({ loanNo, type, component, difference }) =>
      [loanNo, type, component ?? '', difference].join(' '),
    )
    .sort();
}
