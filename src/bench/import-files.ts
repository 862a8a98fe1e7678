import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { addMonthsAnchored, formatDay } from '../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../accounting/money/units.js';

const PERIODS = 12;
/** Day of the month on which instalments are due. */
const DUE_DAY = 25;
const LOANS_A_CHUNK = 2000;
const PRODUCT = 'BENCH-SPREAD';

export interface OwnFiles {
  readonly loans: string;
  readonly schedules: string;
}

/** Loans disbursed on a day, and twelve instalments of their own for each, written as files. */
export async function writeOwnFiles(
  folder: string,
  loans: number,
  day: EpochDay,
): Promise<OwnFiles> {
  const files = { loans: join(folder, 'own.csv'), schedules: join(folder, 'own-schedules.csv') };
  const on = formatDay(day);
  const loanLine = (no: string) => `${no},${PRODUCT},12000.00,0.12,${PERIODS},${on}\n`;
  const tail = Array.from({ length: PERIODS }, (_, row) => {
    const due = formatDay(addMonthsAnchored(day, row + 1, DUE_DAY));
    return `,${row + 1},${due},1000.00,${(120 - 10 * row).toFixed(2)}\n`;
  });
  await writeLoanRows(
    files.loans,
    'loan_no,product,principal,rate,periods,disbursed_on\n',
    loans,
    loanLine,
  );
  await writeLoanRows(files.schedules, 'loan_no,seq,due_on,principal,interest\n', loans, (no) =>
    tail.map((rest) => no + rest).join(''),
  );
  return files;
}

/** A file of rows of so many loans; `textOf` gives those of the loan of a number and place. */
export async function writeLoanRows(
  path: string,
  header: string,
  loans: number,
  textOf: (loanNo: string, index: number) => string,
): Promise<void> {
  async function* chunks() {
    yield header;
    for (let from = 0; from < loans; from += LOANS_A_CHUNK) {
      const count = Math.min(LOANS_A_CHUNK, loans - from);
      yield Array.from({ length: count }, (_, k) => textOf(`OWN${from + k}`, from + k)).join('');
    }
  }
  await pipeline(Readable.from(chunks()), createWriteStream(path));
}
