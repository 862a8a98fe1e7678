import type { EpochDay, Fen } from '../../accounting/money/units.js';
import type { TermFault } from './fault.js';

/** Days on which nothing is paid, both ends among them. */
export interface DarkPeriod {
  readonly from: EpochDay;
  readonly to: EpochDay;
}

/** When and how what a partner is owed is paid (FUNDING, Net settlement). */
export interface SettlementTerms {
  /** Working days after the business date; 0: itself, or the next working day. */
  readonly days: number;
  /** What is less in size is carried. */
  readonly minimumFen: Fen;
  /** Both directions in one transfer. */
  readonly net: boolean;
  /** Nothing is carried beyond the last working day of a month. */
  readonly monthEnd: boolean;
  readonly dark: readonly DarkPeriod[];
}

export function faultsOfSettlement({ dark }: SettlementTerms, path: string): TermFault[] {
  return dark.flatMap(({ from, to }, at) =>
    from <= to ? [] : [{ path: `${path}.dark[${at}].to`, rule: 'must not be before `from`' }],
  );
}
