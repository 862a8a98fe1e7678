import type { z } from 'zod';
import { mapping, words } from '../../../documents/fields.js';
import type { Violation } from '../../../documents/violations.js';
import { LoanbookError } from '../../../errors.js';

/** What an account must be to take a role: entries that no loan makes are posted to it. */
const ROLES = {
  /** 贷款损失准备: what write-offs are taken out of. */
  allowance: ['asset'],
  /** 信用减值损失: what the allowance lacks. */
  impairment_loss: ['expense'],
  /** 未分配利润: where the year's income and expense go. */
  retained_earnings: ['equity'],
  /** The rest is what a channel has whose document names no account of its own. */
  bank: ['asset'],
  clearing: ['asset', 'liability'],
  channel_fee: ['expense'],
  unidentified: ['liability'],
  tail: ['expense', 'income'],
  /** 代收追偿: what is owed to guarantors. */
  guarantor_payable: ['liability'],
  /** 应收资产转让款: what a buyer has still to pay. */
  transfer_receivable: ['asset'],
  /** 表外应收代偿款: what customers owe guarantors. */
  claims_memo: ['memorandum'],
  claims_contra: ['memorandum'],
  /** 应付合作方款: what of repayments is the partners'. */
  partner_payable: ['liability'],
  /** 应收合作方出资款: what partners fund of disbursements. */
  partner_receivable: ['asset'],
  /** 支付渠道在途-放款: where the disbursement of what merchants sold waits for its settlement. */
  merchant_transit: ['asset', 'liability'],
  /** 应付商户款: owed to merchants, and below their minimum. */
  merchant_payable: ['liability'],
  /** 应收商户退款: refunds that no sale has covered. */
  merchant_receivable: ['asset'],
  /** 商户保证金: what is held back of sales. */
  merchant_hold_back: ['liability'],
  /** 商户手续费收入. */
  merchant_fee: ['income'],
  /** 递延收益-贴息: subsidies before they are earned. */
  merchant_subsidy_deferred: ['liability'],
  /** 贴息收入. */
  merchant_subsidy: ['income'],
} as const;

export type LedgerRole = keyof typeof ROLES;
export const LEDGER_ROLES = Object.keys(ROLES) as LedgerRole[];

/** Account codes by role; a role that no account has is left out. */
export type LedgerRoles = Readonly<Partial<Record<LedgerRole, string>>>;

/** What the program itself named before documents did: a document without `roles` has these. */
const BEFORE_ROLES: Readonly<Record<LedgerRole, string>> = {
  allowance: '1304.01',
  impairment_loss: '6702.01',
  retained_earnings: '4104.01',
  bank: '1002.01',
  clearing: '1012.02',
  channel_fee: '6421.01',
  unidentified: '2241.02',
  tail: '6711.01',
  guarantor_payable: '2241.04',
  transfer_receivable: '1221.02',
  claims_memo: '7103.01',
  claims_contra: '7103.99',
  partner_payable: '2241.03',
  partner_receivable: '1221.04',
  merchant_transit: '1012.01',
  merchant_payable: '2241.05',
  merchant_receivable: '1221.01',
  merchant_hold_back: '2241.06',
  merchant_fee: '6021.03',
  merchant_subsidy_deferred: '2401.01',
  merchant_subsidy: '6011.04',
};

/** No defaults: what a book keeps of a document is what the document says. */
export const rolesSchema = mapping({
  allowance: words().optional(),
  impairment_loss: words().optional(),
  retained_earnings: words().optional(),
  bank: words().optional(),
  clearing: words().optional(),
  channel_fee: words().optional(),
  unidentified: words().optional(),
  tail: words().optional(),
  guarantor_payable: words().optional(),
  transfer_receivable: words().optional(),
  claims_memo: words().optional(),
  claims_contra: words().optional(),
  partner_payable: words().optional(),
  partner_receivable: words().optional(),
  merchant_transit: words().optional(),
  merchant_payable: words().optional(),
  merchant_receivable: words().optional(),
  merchant_hold_back: words().optional(),
  merchant_fee: words().optional(),
  merchant_subsidy_deferred: words().optional(),
  merchant_subsidy: words().optional(),
} satisfies Record<LedgerRole, unknown>).optional();

interface Account {
  readonly code: string;
  readonly class: string;
  readonly subledger?: string | undefined;
}

type RolesDocument = z.output<typeof rolesSchema>;

/** Roles of accounts that are not there, are of another class or only loans move. */
export function roleViolations(roles: RolesDocument, accounts: readonly Account[]): Violation[] {
  const byCode = new Map(accounts.map((account) => [account.code, account]));
  const violations: Violation[] = [];
  for (const role of LEDGER_ROLES) {
    const code = roles?.[role];
    if (code === undefined) continue;
    const path = `roles.${role}`;
    const account = byCode.get(code);
    const classes: readonly string[] = ROLES[role];
    if (account === undefined) violations.push({ path, rule: 'is not an account', value: code });
    else if (!classes.includes(account.class)) {
      const rule = `must be an account of class ${classes.join(' or ')}`;
      violations.push({ path, rule, value: code });
    } else if (account.subledger !== undefined) {
      violations.push({ path, rule: 'must not have a sub-ledger', value: code });
    }
  }
  return violations;
}

/** The roles of a checked document; one without `roles` has those that the program named before. */
export function rolesOf(document: {
  readonly roles?: RolesDocument;
  readonly accounts: readonly Account[];
}): LedgerRoles {
  const { roles, accounts } = document;
  const named = LEDGER_ROLES.flatMap((role): [LedgerRole, string][] => {
    const code = roles === undefined ? BEFORE_ROLES[role] : roles[role];
    if (code === undefined) return [];
    // What a document of before does not have it does not need: whoever asks for it is told.
    const isWrong = roleViolations({ [role]: code }, accounts).length > 0;
    return roles === undefined && isWrong ? [] : [[role, code]];
  });
  return Object.fromEntries(named);
}

/** The account of a role that is needed. Throws LoanbookError `ledger_role_missing`. */
export function accountOfRole(roles: LedgerRoles, role: LedgerRole): string {
  const code = roles[role];
  if (code !== undefined) return code;
  throw new LoanbookError('ledger_role_missing', 'No account of the ledger has the role.', {
    evidence: { path: `roles.${role}`, wanted: `an account of class ${ROLES[role].join(' or ')}` },
    next: 'Name it in `roles` of a ledger document and apply it: `loanbook ledger apply FILE`.',
  });
}
