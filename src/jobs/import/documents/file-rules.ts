import type { z } from 'zod';
import { integer, mapping, nameEnding, oneOf, words } from '../../../documents/fields.js';

/** A line of totals: `starts` is its first field, its figures are in fields counted from 1. */
export const totalsLine = mapping({
  starts: words(),
  count: integer(1).optional(),
  amount: integer(1).optional(),
  date: integer(1).optional(),
});
export type TotalsLine = z.output<typeof totalsLine>;

/** The control file of a file: `suffix` is put behind its name. */
export const controlRule = mapping({
  suffix: nameEnding(),
  deadline_hours: integer(1, 720).default(12),
});
export type ControlRule = z.output<typeof controlRule>;

/** Whether the last line of a file may lack its line end. */
export const unterminatedRule = () => oneOf('refused', 'allowed');
