import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { Claim } from '../../../funding/guarantee/claim.js';
import { coverLeft } from '../../../funding/guarantee/cover.js';
import type { Guarantee } from '../../../funding/terms/guarantee.js';
import type { Book } from '../../book/book.js';
import { claimsAtClose } from '../claims/claims-at.js';
import { termsByDay } from '../terms/terms-queries.js';
import { big, type GroupRow, rowsOf } from './sums.js';

/** How a guarantee stands at the close of a day. */
export interface GuaranteeLine {
  readonly guarantee: string;
  readonly guarantor: string;
  readonly loans: number;
  /** Of the loans that it stands for, whoever funds them. */
  readonly principal: bigint;
  /** Money of the guarantor, what of it went back, and what customers paid back to it. */
  readonly paid: bigint;
  readonly returned: bigint;
  readonly recovered: bigint;
  /** What claims may still take; null: its cover has no cap. */
  readonly coverLeft: bigint | null;
}

interface GuaranteedRow {
  readonly groupId: number;
  readonly paid: bigint;
  readonly returned: bigint;
  readonly recovered: bigint;
}

/** By the code of the guarantee, under the terms in force on the day; those that plans name. */
export async function guaranteeLines(
  client: pg.Client,
  book: Book,
  day: EpochDay,
  groups: readonly GroupRow[],
): Promise<GuaranteeLine[]> {
  const date = formatDay(day);
  const codes = new Map<string, number[]>();
  for (const [groupId, { plan }] of book.groups) {
    const code = plan?.terms.guarantee ?? null;
    if (code !== null) codes.set(code, [...(codes.get(code) ?? []), groupId]);
  }
  if (codes.size === 0) return [];
  const terms = await termsByDay(client, 'guarantee', [...codes.keys()]);
  const rows = await rowsOf<GuaranteedRow>(client, 'guaranteed', [date]);
  const lines: GuaranteeLine[] = [];
  const claims = new ClaimsOfGroups(client, book, day);
  for (const [code, groupIds] of [...codes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const guarantee = terms(code, date);
    if (guarantee === undefined) continue;
    const own = groups.filter(({ groupId }) => groupIds.includes(groupId));
    const acts = rows.filter(({ groupId }) => groupIds.includes(groupId));
    const sum = (name: 'paid' | 'returned' | 'recovered') =>
      acts.reduce((all, each) => all + big(each[name]), 0n);
    const recovered = sum('recovered');
    lines.push({
      ...{ guarantee: code, guarantor: guarantee.guarantor },
      loans: own.reduce((all, { loans }) => all + loans, 0),
      principal: own.reduce((all, { principal }) => all + big(principal), 0n),
      ...{ paid: sum('paid'), returned: sum('returned'), recovered },
      coverLeft: await leftOf(client, guarantee, { date, groupIds, recovered, claims }),
    });
  }
  return lines;
}

interface Used {
  readonly date: string;
  readonly groupIds: readonly number[];
  readonly recovered: bigint;
  readonly claims: ClaimsOfGroups;
}

/** The cap of the whole guarantee, less what the claims of all its loans hold. */
async function leftOf(
  client: pg.Client,
  { cap }: Guarantee,
  { date, groupIds, recovered, claims }: Used,
): Promise<bigint | null> {
  if (cap === null) return null;
  let disbursed = cap.disbursedFen;
  if (disbursed === null) {
    const values = [[...groupIds], date];
    const [row] = await rowsOf<{ disbursed: bigint }>(client, 'disbursed', values);
    disbursed = Number(row?.disbursed ?? 0);
  }
  const held = await claims.of(groupIds);
  return BigInt(coverLeft(cap, disbursed, held, Number(recovered)));
}

/** The claims of a day, worked out once where any cover has a cap. */
class ClaimsOfGroups {
  readonly #load: () => ReturnType<typeof claimsAtClose>;
  #found: ReturnType<typeof claimsAtClose> | undefined;

  constructor(client: pg.Client, book: Book, day: EpochDay) {
    this.#load = () => claimsAtClose(client, book, day);
  }

  async of(groupIds: readonly number[]): Promise<Readonly<Claim>[]> {
    this.#found ??= this.#load();
    const { loans } = await this.#found;
    return loans
      .filter(({ loan }) => groupIds.includes(loan.groupId))
      .flatMap(({ claims }) => claims);
  }
}
