import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import { EVENT_TYPE_NAMES } from '../../accounting/events/loan-event.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { MOVEMENT, MOVEMENTS } from '../../accounting/posting/flow.js';
import { covers, specificity } from '../../accounting/posting/posting.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { type LedgerRule, loansOf } from '../book/documents/ledger.js';
import { ledgerInForce } from '../book/load-book.js';
import { dayTable } from '../day/day-table.js';
import { ENTRY_KIND, movementOf, TAX_KIND } from './entry.js';
import { type LoanShare, loanShares } from './loan-shares.js';

/** A rule that a line may have been posted by, as its document has it. */
export interface RuleView {
  /** Where: `rules[12]` of the document in force from `effectiveFrom`. */
  readonly path: string;
  readonly effectiveFrom: string;
  readonly on: string;
  readonly balance: string;
  readonly state: 'accruing' | 'non_accruing';
  /** Whose part of a joint loan it posts. */
  readonly share: 'own' | 'partner';
  /** Product, org and funding plan that the rule is for; empty: any loan. */
  readonly only: string;
}

export interface ExplainedLine {
  readonly line: number;
  readonly account: string;
  readonly name: string;
  readonly debit: string;
  readonly credit: string;
  readonly rules: readonly RuleView[];
}

export interface ExplainedVoucher {
  readonly businessDate: string;
  readonly voucher: number;
  /** What happened, in the words of the rules, or the source of an entry that was made. */
  readonly movement: string;
  readonly loanNo: string | null;
  readonly product: string | null;
  readonly org: string | null;
  readonly fundingPlan: string | null;
  /** The loan event or the entry behind it. */
  readonly because: string;
  readonly lines: readonly ExplainedLine[];
  /** Of an entry for a whole accounting group: the loans with the greatest shares. */
  readonly loans: readonly LoanShare[];
}

interface Row {
  readonly line: number;
  readonly amount: Fen;
  readonly kind: number;
  readonly event_id: number;
  readonly group_id: number;
  readonly loan_id: number;
  readonly code: string;
  readonly name_zh: string;
  readonly loan_no: string | null;
  readonly product: string | null;
  readonly org: string | null;
  readonly funding_plan: string | null;
  readonly minor_digits: number;
  readonly day: string;
}

/**
 * Why a voucher of a sealed day stands in the journal: what happened, the rule or rules that post
 * such a line, and for a summary line the loans behind it. Throws LoanbookError `unknown_voucher`
 * and `day_not_sealed` (exit 2).
 */
export async function explainVoucher(
  client: pg.Client,
  date: EpochDay,
  voucher: number,
  loans: number,
): Promise<ExplainedVoucher> {
  const day = formatDay(date);
  const rows = await voucherRows(client, date, voucher);
  const first = rows[0];
  if (first === undefined) {
    throw new LoanbookError('unknown_voucher', 'The day has no such voucher.', {
      exitCode: EXIT.usage,
      evidence: { businessDate: day, voucher },
      next: '`loanbook gl statement` and `loanbook loan show` list vouchers.',
    });
  }
  const text = (amount: Fen): string => formatAmount(amount, first.minor_digits);
  const { effectiveFrom, rules } = await ledgerInForce(client, day);
  const scope = { product: first.product, org: first.org, fundingPlan: first.funding_plan };
  const own = inForceFor(rules, scope).filter((rule) => rule.on === MOVEMENTS[first.kind]);
  return {
    businessDate: day,
    voucher,
    movement: movementOf(first.kind),
    loanNo: first.loan_no,
    ...scope,
    because: await becauseOf(client, first),
    lines: rows.map(({ line, code, name_zh: name, amount }) => ({
      line,
      account: code,
      name,
      debit: amount > 0 ? text(amount) : '',
      credit: amount < 0 ? text(0 - amount) : '',
      rules: own
        .filter(({ post }) => post.some((pair) => pair.debit === code || pair.credit === code))
        .map((rule) => ruleView(rule, formatDay(effectiveFrom))),
    })),
    loans: first.loan_id === 0 ? await loanShares(client, date, first, loans) : [],
  };
}

/** Of the rules that cover a movement of such loans, the most specific one. */
export function inForceFor(
  rules: readonly LedgerRule[],
  of: { product: string | null; org: string | null; fundingPlan: string | null },
): LedgerRule[] {
  const best = new Map<string, LedgerRule>();
  for (const rule of rules) {
    if (!covers(rule.scope, of)) continue;
    const key = `${rule.on}/${rule.balance}/${rule.accruing}/${rule.share}`;
    const known = best.get(key);
    if (known !== undefined && specificity(known.scope) > specificity(rule.scope)) continue;
    best.set(key, rule);
  }
  return [...best.values()];
}

/** A rule as its document has it. */
export function ruleView(rule: LedgerRule, effectiveFrom: string): RuleView {
  return {
    path: `rules[${rule.index}]`,
    effectiveFrom,
    on: rule.on,
    balance: rule.balance,
    state: rule.accruing ? 'accruing' : 'non_accruing',
    share: rule.share,
    only: loansOf(rule.scope),
  };
}

async function voucherRows(client: pg.Client, date: EpochDay, voucher: number): Promise<Row[]> {
  const { rowCount } = await client.query('SELECT FROM sealed_day WHERE business_date = $1', [
    formatDay(date),
  ]);
  if (rowCount === 0) {
    throw new LoanbookError('day_not_sealed', 'There is no such sealed day.', {
      exitCode: EXIT.usage,
      evidence: { businessDate: formatDay(date) },
      next: '`loanbook eod run` closes and seals a day.',
    });
  }
  const { rows } = await client.query<Row>(
    `SELECT j.line, j.amount, j.kind, j.event_id, j.group_id, j.loan_id, a.code, a.name_zh,
       l.loan_no, p.code AS product, g.org, g.funding_plan, b.minor_digits,
       j.business_date::text AS day
     FROM ${dayTable('journal_line', date)} j JOIN account a USING (account_id) CROSS JOIN book b
       LEFT JOIN loan l ON l.bucket = j.bucket AND l.loan_id = j.loan_id
       LEFT JOIN accounting_group g ON g.group_id = j.group_id
       LEFT JOIN product_version p ON p.product_id = g.product_id
     WHERE j.voucher = $1 ORDER BY j.line`,
    [voucher],
  );
  return rows;
}

async function becauseOf(client: pg.Client, row: Row): Promise<string> {
  if (row.kind >= ENTRY_KIND) {
    const { rows } = await client.query<{ because: string }>(
      `SELECT source || ' ' || reference || ': ' || memo || ', by ' || maker
         || coalesce(', approved by ' || checker, '') AS because FROM entry WHERE entry_id = $1`,
      [row.event_id],
    );
    return rows[0]?.because ?? '';
  }
  if (row.kind === TAX_KIND) return 'tax within the income of the accounting group';
  if (row.event_id <= 0 && row.kind === MOVEMENT.transfer) return assignmentOf(client, row);
  if (row.event_id <= 0) {
    return row.loan_id === 0 ? 'the night of a whole accounting group' : 'the close itself';
  }
  const { rows } = await client.query<{ ref: string; type: number; value_date: string }>(
    `SELECT ref, type, value_date FROM event WHERE event_id = $1
       AND bucket = ($2::bigint >> 32)::smallint AND loan_id = $2`,
    [row.event_id, row.loan_id],
  );
  const event = rows[0];
  if (event === undefined) return '';
  const valued = formatDay(parseDay(event.value_date) ?? 0);
  return `${EVENT_TYPE_NAMES[event.type] ?? event.type} ${event.ref}, value date ${valued}`;
}

/** The list by which the loan changed hands. */
async function assignmentOf(client: pg.Client, row: Row): Promise<string> {
  const { rows } = await client.query<{ because: string }>(
    `SELECT a.kind || ' ' || a.code || ' ' || a.version || ', by ' || a.assigned_by
       || ', approved by ' || a.checker AS because
     FROM assigned_loan l JOIN funding_assignment a USING (assignment_id)
     WHERE l.bucket = ($1::bigint >> 32)::smallint AND l.loan_id = $1 AND l.effective_on <= $2
     ORDER BY l.effective_on DESC LIMIT 1`,
    [row.loan_id, row.day],
  );
  return rows[0]?.because ?? 'the close itself';
}
