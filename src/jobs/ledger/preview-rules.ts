import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { MOVEMENTS } from '../../accounting/posting/flow.js';
import { type Legs, postedAmounts } from '../../accounting/posting/posted-amounts.js';
import { EXIT, LoanbookError } from '../../errors.js';
import {
  type CheckedLedger,
  type LedgerRule,
  parseLedgerDocument,
  postText,
} from '../book/documents/ledger.js';
import { ledgerInForce } from '../book/load-book.js';
import { inForceFor } from './explain.js';

/** A posting that the rules previewed would have made otherwise. */
export interface ChangedPosting {
  readonly businessDate: string;
  readonly product: string;
  readonly org: string;
  readonly fundingPlan: string;
  readonly movement: string;
  /** The balances and states that post alike. */
  readonly of: string;
  readonly amount: string;
  readonly posted: string;
  readonly wouldPost: string;
}

export interface RulesPreview {
  readonly from: string;
  readonly to: string;
  readonly postings: number;
  readonly changed: readonly ChangedPosting[];
  /** What each account's movement over the days would have differed by. */
  readonly accounts: readonly { readonly account: string; readonly difference: string }[];
  /** Postings of which the journal does not say what moved, so that nothing can be said of them. */
  readonly untold: readonly { readonly businessDate: string; readonly movement: string }[];
}

interface Row {
  readonly day: string;
  readonly group_id: number;
  readonly kind: number;
  readonly code: string;
  readonly amount: bigint;
  readonly product: string;
  readonly org: string;
  readonly funding_plan: string;
  readonly minor_digits: number;
}

/**
 * Which postings of the sealed days `from` to `to` a ledger document would have changed. What moved
 * is read back from the journal by the rules that posted it. Tax and entries that people made are
 * left as they are. Throws LoanbookError `invalid_document`, `nothing_sealed` (2).
 */
export async function previewRules(
  client: pg.Client,
  text: string,
  source: string,
  days: { readonly from: EpochDay; readonly to: EpochDay },
): Promise<RulesPreview> {
  const proposed = parseLedgerDocument(text, source);
  const rows = await movedByAccount(client, days);
  if (rows.length === 0) throw nothingSealed(days);
  const money = (amount: bigint): string => formatAmount(amount, rows[0]!.minor_digits);
  const inForce = new Map<string, CheckedLedger>();
  const changed: ChangedPosting[] = [];
  const untold: RulesPreview['untold'][number][] = [];
  const differences = new Map<string, bigint>();
  let postings = 0;
  for (const posting of byPosting(rows)) {
    const { day, kind, product, org, funding_plan: fundingPlan } = posting[0]!;
    if (!inForce.has(day)) inForce.set(day, await ledgerInForce(client, day));
    const scope = { product, org, fundingPlan };
    const movement = MOVEMENTS[kind] ?? String(kind);
    const on = (ledger: CheckedLedger): LedgerRule[] =>
      inForceFor(ledger.rules, scope).filter((rule) => rule.on === movement);
    const moved = new Map(posting.map(({ code, amount }) => [code, amount]));
    const amounts = postedAmounts(moved, on(inForce.get(day)!), legsOf);
    if (amounts === undefined) untold.push({ businessDate: day, movement });
    const after = on(proposed);
    for (const { rules, amount } of amounts ?? []) {
      postings += 1;
      for (const [would, of] of byLegs(rules, after)) {
        if (would?.text === postText(rules[0]!)) continue;
        changed.push({
          businessDate: day,
          ...scope,
          movement,
          of: of
            .map(({ balance, accruing }) => `${balance}${accruing ? '' : ' (non-accruing)'}`)
            .join(', '),
          amount: money(amount),
          posted: postText(rules[0]!),
          wouldPost: would?.text ?? 'no rule: the close would stop',
        });
        if (would === undefined || of.length < rules.length) continue;
        for (const [code, sign] of legsOf(rules[0]!))
          add(differences, code, BigInt(-sign) * amount);
        for (const [code, sign] of would.legs) add(differences, code, BigInt(sign) * amount);
      }
    }
  }
  return {
    from: formatDay(days.from),
    to: formatDay(days.to),
    postings,
    changed,
    accounts: [...differences]
      .filter(([, difference]) => difference !== 0n)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([account, difference]) => ({ account, difference: money(difference) })),
    untold,
  };
}

function add(sums: Map<string, bigint>, code: string, amount: bigint): void {
  sums.set(code, (sums.get(code) ?? 0n) + amount);
}

function legsOf({ post }: LedgerRule): Legs {
  const legs = new Map<string, number>();
  for (const { debit, credit } of post) {
    legs.set(debit, (legs.get(debit) ?? 0) + 1);
    legs.set(credit, (legs.get(credit) ?? 0) - 1);
  }
  return legs;
}

/** The rules of one posting by what the proposed ones would post in their place. */
function byLegs(
  rules: readonly LedgerRule[],
  after: readonly LedgerRule[],
): Map<{ text: string; legs: Legs } | undefined, LedgerRule[]> {
  const texts = new Map<string, { text: string; legs: Legs }>();
  const found = new Map<{ text: string; legs: Legs } | undefined, LedgerRule[]>();
  for (const rule of rules) {
    const same = after.find(
      (other) =>
        other.balance === rule.balance &&
        other.accruing === rule.accruing &&
        other.share === rule.share,
    );
    let would: { text: string; legs: Legs } | undefined;
    if (same !== undefined) {
      would = texts.get(postText(same)) ?? { text: postText(same), legs: legsOf(same) };
      texts.set(would.text, would);
    }
    found.set(would, [...(found.get(would) ?? []), rule]);
  }
  return found;
}

function* byPosting(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; ) {
    const { day, group_id: group, kind } = rows[from]!;
    let to = from;
    while (rows[to]?.day === day && rows[to]?.group_id === group && rows[to]?.kind === kind)
      to += 1;
    yield rows.slice(from, to);
    from = to;
  }
}

async function movedByAccount(
  client: pg.Client,
  { from, to }: { from: EpochDay; to: EpochDay },
): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT j.business_date AS day, j.group_id, j.kind, a.code, sum(j.amount) AS amount,
       p.code AS product, g.org, g.funding_plan, b.minor_digits
     FROM journal_line j JOIN account a USING (account_id) CROSS JOIN book b
       JOIN accounting_group g USING (group_id) JOIN product_version p USING (product_id)
     WHERE j.business_date BETWEEN $1 AND $2 AND j.kind < $3
     GROUP BY j.business_date, j.group_id, j.kind, a.code, p.code, g.org, g.funding_plan,
       b.minor_digits
     ORDER BY 1, 2, 3, 4`,
    [formatDay(from), formatDay(to), MOVEMENTS.length],
  );
  return rows;
}

function nothingSealed({ from, to }: { from: EpochDay; to: EpochDay }): LoanbookError {
  return new LoanbookError(
    'nothing_sealed',
    'No posting of a sealed day lies between these days.',
    {
      exitCode: EXIT.usage,
      evidence: { from: formatDay(from), to: formatDay(to) },
      next: '`loanbook runs list` shows the days that are closed.',
    },
  );
}
