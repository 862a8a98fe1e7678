import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { OpenInstallment } from '../../../accounting/fold/position.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import type { Claim } from '../../../funding/guarantee/claim.js';
import { PAID_IN_ORDER } from '../../../funding/guarantee/events.js';
import type { GuaranteedLoan } from '../../../funding/guarantee/guaranteed-loan.js';
import type { Book } from '../../book/book.js';
import { type Standing, standingsAt } from '../../day/at-close/loans-at-close.js';
import { type BucketRange, bucketPages } from '../../day/bucket-pages.js';
import { type GuaranteedLoanOfBook, guaranteedGroups, loadGuaranteed } from './guaranteed-loans.js';
import { replay } from './replay.js';

/** Penalty that the night has charged and no act of the guarantee knows yet. */
export interface Charge {
  readonly loan: GuaranteedLoanOfBook;
  readonly seq: number;
  readonly amount: Fen;
}

/** A loan whose claims cannot be made: what it is by them is not what its position says. */
export interface Differing {
  readonly loanNo: string;
  readonly seq: number;
  readonly component: string;
  readonly position: Fen;
  readonly claims: Fen;
}

/** A guaranteed loan at the close of a day. */
export interface ClaimsOfLoan {
  readonly loan: GuaranteedLoanOfBook;
  readonly claims: readonly Readonly<Claim>[];
  readonly daysPastDue: number;
  /** With what the guarantor has paid and the customer has not. */
  readonly customerDaysPastDue: number;
}

export interface ClaimsAtClose {
  readonly loans: readonly ClaimsOfLoan[];
  readonly charges: readonly Charge[];
  readonly differing: readonly Differing[];
}

/**
 * The claims of every guaranteed loan at the close of a sealed day, of those that have something
 * due and open or an act of the guarantor. What a loan is by its claims is held against its
 * position, instalment by instalment; where they differ nothing is claimed.
 */
export async function claimsAtClose(
  client: pg.Client,
  book: Book,
  day: EpochDay,
): Promise<ClaimsAtClose> {
  const groups = guaranteedGroups(book);
  const found = { loans: [] as ClaimsOfLoan[], charges: [] as Charge[] };
  const differing: Differing[] = [];
  if (groups.size === 0) return { ...found, differing };
  for (const page of await bucketPages(client)) {
    const standings = await standingsAt(client, day, page);
    const open = [...standings.values()].filter(
      (standing) => groups.has(standing.groupId) && standing.open.length > 0,
    );
    const ids = new Set(open.map(({ loanId }) => Number(loanId)));
    for (const loanId of await loansWithActs(client, page, day)) ids.add(loanId);
    for (const loan of await loadGuaranteed(client, book, [...ids])) {
      if (loan.lent.disbursedOn > day) continue;
      const { of, faults } = claimsOfLoan(loan, day, standings.get(loan.loanId), found.charges);
      differing.push(...faults);
      if (of !== null) found.loans.push(of);
    }
  }
  return { ...found, differing };
}

/** The claims of one loan, whose open instalments are known; null where it differs from them. */
export function claimsOfLoan(
  loan: GuaranteedLoanOfBook,
  day: EpochDay,
  standing: Pick<Standing, 'open'> | undefined,
  charges: Charge[] = [],
): { readonly of: ClaimsOfLoan | null; readonly faults: readonly Differing[] } {
  const { machine } = replay(loan, day, true);
  const faults = compare(loan, machine, standing, charges);
  if (faults.length > 0) return { of: null, faults };
  machine.close();
  const of = {
    ...{ loan, claims: machine.claims, daysPastDue: machine.daysPastDue('lender') },
    customerDaysPastDue: machine.daysPastDue('customer'),
  };
  return { of, faults };
}

async function loansWithActs(
  client: pg.Client,
  [from, to]: BucketRange,
  day: EpochDay,
): Promise<number[]> {
  const { rows } = await client.query<{ loanId: number }>(
    `SELECT DISTINCT loan_id AS "loanId" FROM guarantee_act
     WHERE bucket BETWEEN $1 AND $2 AND business_date <= $3`,
    [from, to, formatDay(day)],
  );
  return rows.map(({ loanId }) => loanId);
}

/** Charges what the night has charged, and says what else differs. */
function compare(
  loan: GuaranteedLoanOfBook,
  machine: GuaranteedLoan,
  standing: Pick<Standing, 'open'> | undefined,
  charges: Charge[],
): Differing[] {
  const differing: Differing[] = [];
  for (const { seq, lender } of machine.due) {
    const item = standing?.open.find((each) => each.seq === seq);
    for (const [at, component] of PAID_IN_ORDER.entries()) {
      const position = item === undefined ? 0 : openOf(item, component);
      const claims = lender[at]!;
      if (component === 'penalty' && position > claims) {
        const amount = position - claims;
        charges.push({ loan, seq, amount });
        machine.take({ type: 'charge', seq, amount });
      } else if (position !== claims) {
        differing.push({ loanNo: loan.loanNo, seq, component, position, claims });
      }
    }
  }
  return differing;
}

function openOf(item: OpenInstallment, component: (typeof PAID_IN_ORDER)[number]): Fen {
  switch (component) {
    case 'penalty':
      return item.penalty.open;
    case 'interest':
      return item.interestOpen;
    case 'principal':
      return item.principalOpen;
  }
}
