import type { Fen } from '../money/units.js';
import { INTEREST, PRINCIPAL } from '../posting/flow.js';
import { type FoldPass, isOpened } from './simulate-fold.js';
import type { SimulationInput } from './simulate-input.js';

/** What instalments had asked and been paid before the loan came with its position. */
export interface BeforeTheBook {
  /** Fees that an instalment came with, beside its row. */
  readonly fee: (seq: number) => Fen;
  readonly paid: (seq: number, component: number) => Fen;
}

const NOTHING: BeforeTheBook = { fee: () => 0, paid: () => 0 };

/** Of principal and interest: what the row asks, less what the position has as open of it. */
export function beforeTheBook({ opening }: SimulationInput, { file }: FoldPass): BeforeTheBook {
  if (!isOpened(opening)) return NOTHING;
  const { schedule } = file;
  const paidSeqs = new Set(file.opened?.paidSeqs());
  const open = new Map(opening.open.map((item) => [item.seq, item]));
  const above = (seq: number, component: number): Fen => {
    const column = component === PRINCIPAL ? 'principal' : 'interest';
    return (open.get(seq)?.[column] ?? 0) - (schedule[column][seq - 1] ?? 0);
  };
  return {
    fee: (seq) => open.get(seq)?.fee ?? 0,
    paid: (seq, component) => {
      if (component !== PRINCIPAL && component !== INTEREST) return 0;
      return open.has(seq) || paidSeqs.has(seq) ? 0 - above(seq, component) : 0;
    },
  };
}
