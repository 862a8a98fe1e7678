import type { EpochDay } from '../../accounting/money/units.js';
import type { TermFault } from './fault.js';
import { faultsOfSettlement, type SettlementTerms } from './settlement.js';

/** A participant funds loans that we lead; a lead leads those of which we fund a share. */
export const PARTNER_ROLES = ['participant', 'lead', 'guarantor', 'buyer'] as const;
export type PartnerRole = (typeof PARTNER_ROLES)[number];

/** Whose figures are booked where ours and theirs differ. */
export const AUTHORITIES = ['ours', 'theirs'] as const;
export type Authority = (typeof AUTHORITIES)[number];

/** What the files are about that partners and channels exchange (FUNDING, Files). */
export const FILE_FAMILIES = [
  'disbursement',
  'plan',
  'repayment',
  'snapshot',
  'accrual',
  'status',
  'compensation',
  'buy_back',
  'funds',
  'deduct_request',
  'deduct_result',
] as const;
export type FileFamily = (typeof FILE_FAMILIES)[number];

/** Who funds, leads, guarantees or buys loans beside us (FUNDING, Documents). Immutable. */
export interface Partner {
  readonly code: string;
  readonly version: number;
  readonly effectiveFrom: EpochDay;
  /** Partners of one group count together. */
  readonly group: string;
  readonly role: PartnerRole;
  readonly authority: Authority;
  /** Minor units per loan and component up to which a difference goes to the tail. */
  readonly tolerance: number;
  /** Days for which a difference may be a matter of two cut-offs. */
  readonly crossDays: number;
  readonly settlement: SettlementTerms;
  /** Names of layouts. */
  readonly layouts: Readonly<Partial<Record<FileFamily, string>>>;
}

export function faultsOfPartner({ settlement }: Partner): TermFault[] {
  return faultsOfSettlement(settlement, 'settlement');
}
