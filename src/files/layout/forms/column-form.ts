import type { LayoutDocument } from '../layout-document.js';
import type { LayoutColumn } from '../layout-schema.js';
import { amountForm } from './amount-form.js';
import { dateForm } from './date-form.js';
import type { Form } from './form.js';
import { integerForm, rateForm } from './number-forms.js';
import { wordForm } from './word-form.js';

type Styles = Pick<LayoutDocument, 'amount_unit' | 'thousands' | 'decimal' | 'date_format'>;

/** The form of a column in a file; undefined: its text is ours as it is. */
export function columnForm(
  column: LayoutColumn,
  layout: Styles,
  minorDigits: number,
): Form | undefined {
  const { type, values, unit } = column;
  if (values !== undefined) return wordForm(values);
  switch (type) {
    case 'amount':
      return amountOf(column, layout, minorDigits);
    case 'date':
      return dateForm(column.format ?? layout.date_format, column.zone);
    case 'rate':
      return rateForm(
        unit === 'percent' || unit === 'per_mille' ? unit : 'fraction',
        layout.decimal,
      );
    case 'integer':
      return integerForm;
    default:
      return undefined;
  }
}

/** The form in which an expression gives what the column holds. */
export function canonicalForm({ type, round }: LayoutColumn, minorDigits: number) {
  const column = { type, round };
  const styles = {
    amount_unit: 'major',
    thousands: undefined,
    decimal: '.',
    date_format: 'YYYY-MM-DD',
  } as const;
  return columnForm(column, styles, minorDigits);
}

/** The form of amounts that no column says more of: in heads, trailers and control files. */
export function totalForm(layout: Styles, minorDigits: number): Form {
  return amountOf({}, layout, minorDigits, 'total');
}

function amountOf(
  { sign, unit, round }: LayoutColumn,
  layout: Styles,
  minorDigits: number,
  size: 'amount' | 'total' = 'amount',
): Form {
  const { thousands, decimal, amount_unit: usual } = layout;
  return amountForm({
    unit: unit === 'major' || unit === 'minor' ? unit : usual,
    thousands,
    decimal,
    sign: sign === 'behind' || sign === 'reversed' ? sign : 'front',
    round,
    minorDigits,
    size,
  });
}
