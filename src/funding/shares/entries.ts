import type { Fen } from '../../accounting/money/units.js';
import { type FundingPlan, SHARED } from '../plan/plan.js';
import { type Amounts, type MoveKind, type MoveShares, ownAt } from './joint-loan.js';

/** One amount of an account, debit positive. */
export interface EntryLine {
  readonly account: string;
  readonly amount: Fen;
}

/** The accounts of the components, of the lender's own share. */
export const OWN_ACCOUNTS = ['loans', 'interest', 'penalty', 'compound', 'fees'] as const;
const INCOMES = [
  'loans',
  'interest_income',
  'penalty_income',
  'compound_income',
  'fee_income',
] as const;
const PRINCIPAL = 0;

/** Lines by account, one an account, no zeros, sorted by account. */
export class Entry {
  readonly #amounts = new Map<string, Fen>();

  debit(account: string, amount: Fen): this {
    this.#amounts.set(account, (this.#amounts.get(account) ?? 0) + amount);
    return this;
  }

  credit(account: string, amount: Fen): this {
    return this.debit(account, 0 - amount);
  }

  get lines(): EntryLine[] {
    return [...this.#amounts]
      .filter(([, amount]) => amount !== 0)
      .map(([account, amount]) => ({ account, amount }))
      .sort((left, right) => (left.account < right.account ? -1 : 1));
  }
}

/** What a move of a joint loan posts (FUNDING, Entries), its service fee among it. */
export function entriesOfMove(plan: FundingPlan, kind: MoveKind, move: MoveShares): EntryLine[] {
  const own = move.shares[ownAt(plan)]!;
  const partners = SHARED.map((_, component) =>
    move.shares.reduce((sum, shares) => sum + shares[component]!, 0 - own[component]!),
  );
  const total = sumOf(own) + sumOf(partners);
  const entry = new Entry();
  switch (kind) {
    case 'disbursement':
      postOwn(entry, own).debit('partner_receivable', sumOf(partners)).credit('transit_out', total);
      break;
    case 'accrual':
    case 'charge':
      postOwn(entry, own);
      for (const [component, amount] of own.entries()) entry.credit(INCOMES[component]!, amount);
      break;
    case 'repayment':
      takeOwn(entry, own).debit('transit_in', total).credit('partner_payable', sumOf(partners));
      break;
    case 'merchant_refund':
      takeOwn(entry, own)
        .debit('merchant_receivable', total)
        .credit('partner_payable', sumOf(partners));
      break;
    case 'waiver':
      takeOwn(entry, own);
      for (const [component, amount] of own.entries()) {
        entry.debit(component === PRINCIPAL ? 'waiver_loss' : INCOMES[component]!, amount);
      }
      break;
  }
  const isIn = kind === 'disbursement' || kind === 'accrual' || kind === 'charge';
  postMemo(entry, isIn ? partners : partners.map((amount) => 0 - amount));
  postFees(entry, move);
  return entry.lines;
}

function postOwn(entry: Entry, own: Amounts): Entry {
  for (const [component, amount] of own.entries()) entry.debit(OWN_ACCOUNTS[component]!, amount);
  return entry;
}

function takeOwn(entry: Entry, own: Amounts): Entry {
  return postOwn(
    entry,
    own.map((amount) => 0 - amount),
  );
}

/** The partners' balances stand beside the balance sheet: principal, and all else as interest. */
function postMemo(entry: Entry, partners: Amounts): void {
  const principal = partners[PRINCIPAL]!;
  const rest = sumOf(partners) - principal;
  entry.debit('memo_principal', principal).debit('memo_interest', rest);
  entry.credit('memo_contra', principal + rest);
}

function postFees(entry: Entry, { fees, taxes }: MoveShares): void {
  const [fee, tax] = [sumOf(fees), sumOf(taxes)];
  entry
    .debit('partner_payable', fee)
    .credit('service_income', fee - tax)
    .credit('output_vat', tax);
}

function sumOf(amounts: Amounts): Fen {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
