import type pg from 'pg';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { Book } from '../../book/book.js';
import type { SideRows } from '../../day/side-rows.js';
import { addTax } from '../../tax/post-tax.js';
import { addWriteOffLosses } from './post-write-off.js';

/** Adds a day's vouchers of one subject to `side`, from what stands in the day's journal so far. */
export type Poster = (
  client: pg.Client,
  side: SideRows,
  book: Book,
  date: EpochDay,
) => Promise<void>;

/** Who posts once the loans' own lines and accrual stand, in this order: a domain adds a line. */
export const POSTERS: readonly Poster[] = [addWriteOffLosses, addTax];
