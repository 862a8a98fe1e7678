import { MOVEMENT } from '../../../accounting/posting/flow.js';

const { disbursement, opening, fee, repayment, suspenseUse, waiver } = MOVEMENT;
const { merchantRefund, nonAccrual, accrualBack, writeOff, transfer } = MOVEMENT;

/** Movements that bring something into a loan's totals. */
export const BRINGS_IN: ReadonlySet<number> = new Set([disbursement, opening, fee]);
/** That take something out. */
export const TAKES_OUT: ReadonlySet<number> = new Set([
  ...[repayment, suspenseUse, waiver, merchantRefund],
]);
/** Those of them by which the others receive money. */
export const IS_MONEY: ReadonlySet<number> = new Set([repayment, suspenseUse, merchantRefund]);
/** That take away all that a loan has, in no total. */
export const ENDS: ReadonlySet<number> = new Set([writeOff, transfer]);
/** That move balances off the balance sheet, and back. */
export const SWITCHES: ReadonlySet<number> = new Set([nonAccrual, accrualBack]);
