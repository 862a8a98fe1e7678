import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { interestMet, principalMet } from '../../../accounting/fold/ahead.js';
import type { AheadInstallment, OpenInstallment } from '../../../accounting/fold/position.js';
import type { EpochDay, Fen, LoanId } from '../../../accounting/money/units.js';
import { copyRows } from '../../../db/copy/copy-stream.js';
import { readInt8 } from '../../../db/copy/copy-tuple.js';
import type { BucketRange } from '../bucket-pages.js';
import { daySql } from '../day-sql.js';
import { readOpen } from '../packed.js';
import { readBilled, type Scheduled } from './loans-at-close.js';

/** What a loan asks for on a day, by instalment, the oldest first. */
export interface DueLoan {
  readonly loanId: LoanId;
  readonly loanNo: string;
  readonly instalments: readonly { readonly seq: number; readonly open: Fen }[];
}

const FIELDS = 8;

/**
 * Loans of a range that something is open of on a day, in the order of their numbers: what was open
 * at the close of a sealed day before it, and what falls due by then. Money that is held for the
 * customer pays it, the oldest first.
 */
export async function dueLoans(
  client: pg.Client,
  sealed: EpochDay,
  day: EpochDay,
  range: BucketRange,
): Promise<DueLoan[]> {
  const [from, to] = range;
  const select = daySql(import.meta.url, 'due', sealed, { from, to, day: formatDay(day) });
  const found: DueLoan[] = [];
  await copyRows(client, select, FIELDS, (view, at, bytes) => {
    const loanId = readInt8(view, at + 4);
    const suspense = readInt8(view, at + 16);
    const openAt = at + 24;
    const openLength = view.getInt32(openAt);
    const packed = readOpen(bytes.subarray(openAt + 4, openAt + 4 + openLength));
    const noAt = openAt + 4 + openLength;
    const noLength = view.getInt32(noAt);
    const loanNo = bytes.subarray(noAt + 4, noAt + 4 + noLength).toString('utf8');
    const seqAt = noAt + 4 + noLength;
    const billed = readBilled(view, seqAt + 8, view.getInt32(seqAt + 4));
    const asked = [
      ...packed.open.map((item) => ({ seq: item.seq, open: openOf(item) })),
      ...billed.map((row) => {
        const ahead = packed.special?.ahead.find(({ seq }) => seq === row.seq);
        return { seq: row.seq, open: scheduledOf(row, ahead) };
      }),
    ];
    const instalments = lessHeld(asked, suspense);
    if (instalments.length > 0) found.push({ loanId, loanNo, instalments });
  });
  return found.sort((a, b) => (a.loanNo < b.loanNo ? -1 : 1));
}

function openOf(item: OpenInstallment): Fen {
  const { principalOpen, interestOpen, feeOpen, penalty, compound } = item;
  return principalOpen + interestOpen + feeOpen + penalty.open + compound.open;
}

function scheduledOf({ principal, interest }: Scheduled, ahead: AheadInstallment | undefined): Fen {
  const charges =
    ahead === undefined ? 0 : ahead.feeDue - ahead.feeMet + ahead.penaltyDue - ahead.penaltyMet;
  return Math.max(0, principal + interest - principalMet(ahead) - interestMet(ahead) + charges);
}

/** What is left of each once money has gone to the older ones first. */
export function lessHeld(
  asked: readonly { readonly seq: number; readonly open: Fen }[],
  held: Fen,
): { readonly seq: number; readonly open: Fen }[] {
  let rest = held;
  return asked.flatMap(({ seq, open }) => {
    const met = Math.min(rest, open);
    rest -= met;
    return open > met ? [{ seq, open: open - met }] : [];
  });
}
