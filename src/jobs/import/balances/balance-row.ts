import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import { CLASS_NAMES } from '../../../accounting/fold/position.js';
import { parseAmount } from '../../../accounting/money/amount-text.js';
import { type EpochDay, type Fen, NO_DAY } from '../../../accounting/money/units.js';
import type { OpeningPosition } from '../../../accounting/opening/opening-position.js';
import { parseCount } from '../source/field-text.js';
import type { RowProblem } from '../source/source-columns.js';
import type { BroughtInstallments } from './balance-lookup.js';

const CLASS_PLACES: ReadonlyMap<string, number> = new Map(CLASS_NAMES.map((name, k) => [name, k]));

/** What a row of balances says, with the instalments of its loan; or what is wrong with it. */
export function readBalance(
  textOf: (column: string) => string,
  rows: BroughtInstallments,
  book: { readonly minorDigits: number; readonly cutOverOn: EpochDay },
): OpeningPosition | RowProblem {
  const { minorDigits } = book;

  const amounts: Fen[] = [];
  for (const column of ['principal_not_due', 'interest_accrued', 'suspense']) {
    const text = textOf(column);
    const amount = text === '' ? 0 : parseAmount(text, minorDigits);
    if (amount === undefined) return problem(column, 'malformed_amount', text);
    amounts.push(amount);
  }
  const flags: boolean[] = [];
  for (const column of ['accruing', 'written_off', 'history']) {
    const text = textOf(column);
    if (text !== '' && text !== 'true' && text !== 'false') {
      return problem(column, 'malformed_flag', text);
    }
    flags.push(text === '' ? column === 'accruing' : text === 'true');
  }
  const counts: (number | null)[] = [];
  for (const column of ['periods_paid', 'days_past_due']) {
    const text = textOf(column);
    const count = text === '' ? null : parseCount(text);
    if (count === undefined) return problem(column, 'malformed_number', text);
    counts.push(count);
  }
  const said = textOf('cut_over_on');
  const cutOverOn = said === '' ? book.cutOverOn : parseDay(said);
  if (cutOverOn === undefined) return problem('cut_over_on', 'malformed_date', said);
  if (cutOverOn !== book.cutOverOn) {
    return problem('cut_over_on', 'cut_over_not_before_open_day', said);
  }
  const name = textOf('class');
  const classification = name === '' ? null : CLASS_PLACES.get(name);
  if (classification === undefined) return problem('class', 'unknown_class', name);
  const [principalNotDue = 0, interestAccrued = 0, suspense = 0] = amounts;
  const [accruing = true, writtenOff = false, fromBirth = false] = flags;
  const [periodsPaid = null, daysPastDue = null] = counts;
  return {
    ...{ cutOverOn, principalNotDue, interestAccrued, suspense, accruing, writtenOff },
    ...{ periodsPaid, daysPastDue, classification, fromBirth },
    ...installmentsOf(rows, cutOverOn),
  };
}

function installmentsOf(
  rows: BroughtInstallments,
  cutOverOn: EpochDay,
): Pick<OpeningPosition, 'open' | 'coming'> {
  const items = rows.seq.map((seq, k) => ({
    seq,
    dueOn: rows.dueOn[k]!,
    freeUntil: rows.freeUntil[k] === NO_DAY ? null : rows.freeUntil[k]!,
    principal: rows.principal[k]!,
    interest: rows.interest[k]!,
    penalty: rows.penalty[k]!,
    compound: rows.compound[k]!,
    fee: rows.fee[k]!,
  }));
  // Rows that are in no order are told by the place of the first one that is out of it.
  const from = items.findIndex(({ dueOn }) => dueOn > cutOverOn);
  const coming = from < 0 ? null : items.slice(from);
  return { open: from < 0 ? items : items.slice(0, from), coming };
}

function problem(field: string, rule: string, value: string): RowProblem {
  return { field, rule, value };
}
