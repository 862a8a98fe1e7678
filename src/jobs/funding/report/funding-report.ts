import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { AccountingGroup, Book } from '../../book/book.js';
import { loadBook } from '../../book/load-book.js';
import { jointGroups } from '../../day/joint/joint-stocks.js';
import { eachPartyStock } from '../../day/joint/party-stocks.js';
import { sealedRange } from '../../day/sealed-range.js';
import { termsByDay } from '../terms/terms-queries.js';
import { type GuaranteeLine, guaranteeLines } from './guarantee-lines.js';
import { big, type GroupRow, rowsOf } from './sums.js';

/** How one party stands at the close of a day; all amounts in minor units. */
export interface PartyLine {
  /** `own`: the lender, of the whole book. */
  readonly party: string;
  readonly role: string;
  readonly loans: number;
  /** Principal that it put in, by the day. */
  readonly funded: bigint;
  readonly principal: bigint;
  /** Interest, penalty, compound interest and fees. */
  readonly interest: bigint;
  /** Its share of what was paid, the principal and the rest. */
  readonly paidPrincipal: bigint;
  readonly paidInterest: bigint;
  /** What the lender keeps of that; of the lender, what it keeps of all. */
  readonly fees: bigint;
  /** Transfers so far, and what none has taken yet; positive: we pay. */
  readonly settled: bigint | null;
  readonly unsettled: bigint | null;
}

export interface FundingReport {
  readonly date: string;
  readonly minorDigits: number;
  readonly currency: string;
  readonly parties: readonly PartyLine[];
  readonly guarantees: readonly GuaranteeLine[];
}

interface ItemSums {
  readonly party: string;
  readonly funded: bigint;
  readonly paidPrincipal: bigint;
  readonly paidInterest: bigint;
  readonly fees: bigint;
  readonly drawn: bigint;
}

interface Balance {
  loans: number;
  principal: bigint;
  interest: bigint;
}

const OWN = 'own';

/**
 * How every party stands at the close of a sealed day, by default the last: the lender first, of
 * the whole book, then partners by code. Balances are the sums that were sealed; loans with more
 * than one partner are read, one by one. `partner` alone where it is named. Throws LoanbookError
 * `unknown_partner` (2), and as `sealedRange`.
 */
export async function fundingReport(
  client: pg.Client,
  day?: EpochDay,
  partner?: string,
): Promise<FundingReport> {
  const { to } = await sealedRange(client, day === undefined ? {} : { to: day });
  const date = formatDay(to);
  const book = await loadBook(client);
  const groups = await rowsOf<GroupRow>(client, 'groups', [date]);
  const items = await rowsOf<ItemSums>(client, 'items', [date]);
  const settled = await rowsOf<{ party: string; settled: bigint }>(client, 'settled', [date]);
  const prices = await rowsOf<{ party: string; price: bigint }>(client, 'prices', [date]);
  const balances = await balancesOf(client, book, to, groups);
  for (const { party } of [...items, ...prices]) balanceOf(balances, party);
  const codes = [...balances.keys()].sort((a, b) => (a < b ? -1 : 1));
  const terms = await termsByDay(client, 'partner', codes);
  const lines = codes.map((party): PartyLine => {
    const of = items.find((each) => each.party === party);
    const paid = big(settled.find((each) => each.party === party)?.settled);
    const [paidPrincipal, paidInterest] = [big(of?.paidPrincipal), big(of?.paidInterest)];
    const price = big(prices.find((each) => each.party === party)?.price);
    const [fees, drawn] = [big(of?.fees), big(of?.drawn) + price];
    return {
      ...{ party, role: terms(party, date)?.role ?? 'participant' },
      ...{ ...balances.get(party)!, funded: big(of?.funded), paidPrincipal, paidInterest, fees },
      ...{ settled: paid, unsettled: paidPrincipal + paidInterest - fees - drawn - paid },
    };
  });
  const guarantees = await guaranteeLines(client, book, to, groups);
  const { minorDigits, currency } = book;
  const frame = { date, minorDigits, currency };
  if (partner === undefined) {
    return {
      ...frame,
      parties: [await ownLine(client, date, groups, lines), ...lines],
      guarantees,
    };
  }
  const parties = lines.filter(({ party }) => party === partner);
  const standing = guarantees.filter(({ guarantor }) => guarantor === partner);
  if (parties.length === 0 && standing.length === 0) throw unknownParty(partner, codes);
  return { ...frame, parties, guarantees: standing };
}

function balanceOf(balances: Map<string, Balance>, party: string): Balance {
  const found = balances.get(party) ?? { loans: 0, principal: 0n, interest: 0n };
  balances.set(party, found);
  return found;
}

/** By partner: of a group with one, what is not the lender's; else loan by loan. */
async function balancesOf(
  client: pg.Client,
  book: Book,
  day: EpochDay,
  groups: readonly GroupRow[],
): Promise<Map<string, Balance>> {
  const balances = new Map<string, Balance>();
  const many: number[] = [];
  const mixed = new Set(book.assigned.groups);
  for (const row of groups) {
    const others = othersOf(book.groups.get(row.groupId));
    const [only] = others;
    if (others.length > 1 || mixed.has(row.groupId)) many.push(row.groupId);
    if (mixed.has(row.groupId)) continue;
    for (const party of others) balanceOf(balances, party).loans += row.loans;
    if (only === undefined || others.length > 1) continue;
    const balance = balanceOf(balances, only);
    balance.principal += big(row.partnerPrincipal);
    balance.interest += big(row.partnerInterest);
  }
  const joint = { groupIds: many, loans: (await jointGroups(client)).loans };
  await eachPartyStock(client, day, joint, ({ plan }, stocks, groupId) => {
    for (const [at, { party, own }] of plan.parties.entries()) {
      if (own) continue;
      const [normal = 0, overdue = 0, ...rest] = stocks[at]!;
      const balance = balanceOf(balances, party);
      if (mixed.has(groupId)) balance.loans += 1;
      balance.principal += BigInt(normal + overdue);
      balance.interest += BigInt(rest.reduce((sum, each) => sum + each, 0));
    }
  });
  return balances;
}

function othersOf(group: AccountingGroup | undefined): string[] {
  const parties = group?.plan?.terms.parties ?? [];
  return parties.filter(({ own }) => !own).map(({ party }) => party);
}

/** The lender's: what no other party has of the whole book. */
async function ownLine(
  client: pg.Client,
  date: string,
  groups: readonly GroupRow[],
  others: readonly PartyLine[],
): Promise<PartyLine> {
  type Whole = Pick<PartyLine, 'funded' | 'paidPrincipal' | 'paidInterest'>;
  const [whole] = await rowsOf<Whole>(client, 'whole', [date]);
  const rest = (name: keyof Whole) =>
    others.reduce((left, each) => left - each[name], big(whole?.[name]));
  const sum = (name: 'ownPrincipal' | 'ownInterest') =>
    groups.reduce((all, each) => all + big(each[name]), 0n);
  return {
    ...{ party: OWN, role: OWN, loans: groups.reduce((all, { loans }) => all + loans, 0) },
    ...{ funded: rest('funded'), principal: sum('ownPrincipal'), interest: sum('ownInterest') },
    ...{ paidPrincipal: rest('paidPrincipal'), paidInterest: rest('paidInterest') },
    fees: others.reduce((all, { fees }) => all + fees, 0n),
    ...{ settled: null, unsettled: null },
  };
}

function unknownParty(partner: string, known: readonly string[]): LoanbookError {
  return new LoanbookError('unknown_partner', 'No loan of the book has such a party.', {
    exitCode: EXIT.usage,
    evidence: { partner, known: known.join(', ') },
    next: 'Name one of them, or leave --partner out for all; `loanbook partner list` has the rest.',
  });
}
