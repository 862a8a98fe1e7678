import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { CLASS_NAMES, STATUS_NAMES } from '../../accounting/fold/position.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { type EpochDay, type Fen, type LoanId, NO_DAY } from '../../accounting/money/units.js';
import { cursorRows } from '../../db/cursor.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Report } from '../../files/report.js';
import type { TableColumn, TableRow } from '../../files/table.js';
import { type SealedRange, sealedRange } from '../day/sealed-range.js';

/** What is left out filters nothing. */
export interface LoanFilter {
  /** Product code, of any version. */
  readonly product?: string;
  readonly org?: string;
  readonly fundingPlan?: string;
  /** Some of CLASS_NAMES, with commas. */
  readonly classification?: string;
  /** M bucket: M0 to M7. */
  readonly bucket?: string;
  /** The next instalment falls due so many days behind the day or earlier. */
  readonly dueWithin?: number;
  /** Part of the loan number, whatever its case. */
  readonly text?: string;
  /** Normal or overdue, and principal is owed. */
  readonly onBook?: boolean;
  /** One day past due or more. */
  readonly overdue?: boolean;
  readonly held?: boolean;
  /** Only these loans, with what each adds to a figure of the day. */
  readonly behind?: LoansBehind;
  readonly asOf?: EpochDay;
  readonly signal?: AbortSignal;
}

/** Loans in columns; those that `left` had no row of the day any more: their last one is shown. */
export interface LoansBehind {
  readonly loanIds: readonly LoanId[];
  readonly amounts: readonly Fen[];
  /** Null: the figure does not count them. */
  readonly instalments: readonly (number | null)[];
  readonly left: readonly boolean[];
}

const text = (key: string, title: string, width?: number): TableColumn => ({
  key,
  title,
  kind: 'text',
  ...(width === undefined ? {} : { width }),
});
const amount = (key: string, title: string): TableColumn => ({ key, title, kind: 'amount' });

const COLUMNS: readonly TableColumn[] = [
  text('loanNo', '借据号 loan', 24),
  text('product', '产品 product'),
  text('org', '机构 org'),
  text('fundingPlan', '资金方案 funding plan'),
  text('status', '状态 status'),
  text('classification', '五级分类 class'),
  text('overdueBucket', '账龄 bucket'),
  { key: 'daysPastDue', title: '逾期天数 days past due', kind: 'count' },
  amount('principal', '本金 principal'),
  amount('principalOverdue', '逾期本金 overdue'),
  amount('interest', '利息 interest'),
  amount('penalty', '罚息复利 penalty'),
  amount('fee', '费用 fee'),
  amount('suspense', '暂收 suspense'),
  amount('refundDue', '应退回款 refund due'),
  { key: 'nextDueOn', title: '下一应还日 next due', kind: 'date' },
  { key: 'heldSince', title: '挂起自 held since', kind: 'date' },
];

/** Behind a figure: what the loan adds to it. */
const BEHIND_COLUMNS: readonly TableColumn[] = [
  amount('counted', '计入指标 counted'),
  { key: 'instalments', title: '期数 instalments', kind: 'count' },
];

interface ListedLoan {
  readonly loanNo: string;
  readonly product: string;
  readonly org: string;
  readonly fundingPlan: string;
  readonly status: number;
  readonly classification: number;
  readonly bucket: number;
  readonly daysPastDue: number;
  readonly principal: Fen;
  readonly principalOverdue: Fen;
  readonly interest: Fen;
  readonly penalty: Fen;
  readonly fee: Fen;
  readonly suspense: Fen;
  readonly refundDue: Fen;
  readonly nextDueOn: string;
  readonly heldSince: string | null;
  readonly counted?: Fen;
  readonly instalments?: number | null;
}

/**
 * The loans of the book at the close of a sealed day, by default the last, in the order of their
 * numbers; streamed. A loan that has left the book (settled, cancelled or sold, with nothing held)
 * has no position any more and is not among them, unless it is behind a figure. Interest and
 * penalty are what `portfolio` sums. Throws what `sealedRange` does, and `unknown_product`,
 * `unknown_org`, `unknown_funding_plan`, `unknown_class`, `unknown_bucket` (2).
 */
export async function listLoans(client: pg.Client, filter: LoanFilter): Promise<Report> {
  const range = await sealedRange(client, { to: filter.asOf });
  const conditions = await conditionsOf(client, range, filter);
  const rows = listed(client, range, conditions, filter.signal);
  const columns = filter.behind === undefined ? COLUMNS : [...COLUMNS, ...BEHIND_COLUMNS];
  return {
    head: { businessDate: formatDay(range.to), currency: range.currency },
    tables: [{ name: 'loans', title: '借据清单', columns, rows }],
  };
}

interface Conditions {
  /** Where rows come from. */
  readonly rows: string;
  readonly isBehind: boolean;
  readonly sql: readonly string[];
  readonly values: readonly unknown[];
}

async function conditionsOf(
  client: pg.Client,
  { to }: SealedRange,
  filter: LoanFilter,
): Promise<Conditions> {
  const values: unknown[] = [formatDay(to)];
  const sql: string[] = [];
  const add = (condition: (place: string) => string, value: unknown) => {
    if (value === undefined) return;
    values.push(value);
    sql.push(condition(`$${values.length}`));
  };
  const { product, org, fundingPlan, dueWithin, text: part, behind } = filter;
  await requireKnown(client, 'product', product);
  await requireKnown(client, 'org', org);
  await requireKnown(client, 'fundingPlan', fundingPlan);
  add((place) => `v.code = ${place}`, product);
  add((place) => `g.org = ${place}`, org);
  add((place) => `g.funding_plan = ${place}`, fundingPlan);
  add((place) => `p.classification = ANY (${place}::smallint[])`, classCodes(filter));
  add((place) => `p.overdue_bucket = ${place}`, bucketCode(filter.bucket));
  add(
    (place) => `p.next_due_on > $1::date AND p.next_due_on <= $1::date + ${place}::integer`,
    dueWithin,
  );
  add((place) => `strpos(lower(l.loan_no), lower(${place})) > 0`, part);
  if (filter.onBook)
    sql.push('p.status IN (status_normal(), status_overdue()) AND p.principal > 0');
  if (filter.overdue) sql.push('p.days_past_due > 0');
  if (filter.held) sql.push('h.held_since IS NOT NULL');
  if (behind === undefined) {
    return { rows: ROWS_OF_DAY, isBehind: false, sql, values };
  }
  values.push(behind.loanIds, behind.amounts, behind.instalments, behind.left);
  return { rows: rowsBehind(values.length - 3), isBehind: true, sql, values };
}

const ROWS_OF_DAY = '(SELECT * FROM position WHERE business_date = $1)';

/** The rows of the day of loans given by their columns; of those that left, the last. */
function rowsBehind(at: number): string {
  const [ids, amounts, instalments, left] = [`$${at}`, `$${at + 1}`, `$${at + 2}`, `$${at + 3}`];
  return `(
    WITH asked AS (
      SELECT (loan_id >> 32)::smallint AS bucket, loan_id, counted, instalments, has_left
      FROM unnest(${ids}::bigint[], ${amounts}::bigint[], ${instalments}::integer[],
        ${left}::boolean[]) AS u (loan_id, counted, instalments, has_left))
    SELECT q.*, a.counted, a.instalments FROM asked a
      JOIN position q ON q.bucket = a.bucket AND q.loan_id = a.loan_id
    WHERE q.business_date = $1 AND NOT a.has_left
    UNION ALL
    SELECT q.*, a.counted, a.instalments FROM asked a
      CROSS JOIN LATERAL (SELECT x.last_on FROM left_loan x
        WHERE x.bucket = a.bucket AND x.loan_id = a.loan_id AND x.left_on <= $1
        ORDER BY x.left_on DESC LIMIT 1) AS x
      JOIN position q
        ON q.business_date = x.last_on AND q.bucket = a.bucket AND q.loan_id = a.loan_id
    WHERE a.has_left)`;
}

async function* listed(
  client: pg.Client,
  { minorDigits }: SealedRange,
  { rows, isBehind, sql, values }: Conditions,
  signal: AbortSignal | undefined,
): AsyncGenerator<TableRow> {
  const never = formatDay(NO_DAY);
  const found = cursorRows<ListedLoan>(
    client,
    `SELECT l.loan_no AS "loanNo", v.code AS product, g.org, g.funding_plan AS "fundingPlan",
       p.status, p.classification, p.overdue_bucket AS bucket, p.days_past_due AS "daysPastDue",
       p.principal, p.principal_overdue AS "principalOverdue",
       p.interest_accrued + p.interest_due AS interest, p.penalty_due + p.compound_due AS penalty,
       p.fee_due AS fee, greatest(p.suspense, 0) AS suspense,
       greatest(0 - p.suspense, 0) AS "refundDue", p.next_due_on AS "nextDueOn",
       h.held_since AS "heldSince"${isBehind ? ', p.counted, p.instalments' : ''}
     FROM ${rows} AS p JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id
       JOIN accounting_group g ON g.group_id = p.group_id
       JOIN product_version v ON v.product_id = g.product_id
       LEFT JOIN held_loan h ON h.business_date = p.business_date AND h.bucket = p.bucket
         AND h.loan_id = p.loan_id
     ${sql.length === 0 ? '' : `WHERE ${sql.join(' AND ')}`}
     ORDER BY l.loan_no COLLATE "C"`,
    values,
    signal,
  );
  const said = (fen: Fen) => formatAmount(fen, minorDigits);
  // Each field by name: spreading a row costs more than all of the rest, a million times.
  for await (const loan of found) {
    yield {
      loanNo: loan.loanNo,
      product: loan.product,
      org: loan.org,
      fundingPlan: loan.fundingPlan,
      status: STATUS_NAMES[loan.status] ?? String(loan.status),
      classification: CLASS_NAMES[loan.classification] ?? String(loan.classification),
      overdueBucket: `M${loan.bucket}`,
      daysPastDue: loan.daysPastDue,
      principal: said(loan.principal),
      principalOverdue: said(loan.principalOverdue),
      interest: said(loan.interest),
      penalty: said(loan.penalty),
      fee: said(loan.fee),
      suspense: said(loan.suspense),
      refundDue: said(loan.refundDue),
      nextDueOn: loan.nextDueOn === never ? null : loan.nextDueOn,
      heldSince: loan.heldSince,
      ...(isBehind ? { counted: said(loan.counted!), instalments: loan.instalments ?? null } : {}),
    };
  }
}

/** Where the names of a filter stand; an org or a plan is known by the loans that have it. */
const NAMES = {
  product: ['unknown_product', 'SELECT DISTINCT code AS name FROM product_version'],
  org: ['unknown_org', 'SELECT DISTINCT org AS name FROM accounting_group'],
  fundingPlan: [
    'unknown_funding_plan',
    'SELECT DISTINCT funding_plan AS name FROM accounting_group',
  ],
} as const;

/** A name that no loan can have is a slip of the pen, and no empty list. */
async function requireKnown(
  client: pg.Client,
  key: keyof typeof NAMES,
  asked: string | undefined,
): Promise<void> {
  if (asked === undefined) return;
  const [rule, select] = NAMES[key];
  const { rows } = await client.query<{ name: string }>(`${select} ORDER BY name`);
  const known = rows.map(({ name }) => name);
  if (!known.includes(asked)) throw unknown(rule, asked, known);
}

function classCodes({ classification: names }: LoanFilter): readonly number[] | undefined {
  return names?.split(',').map((name) => {
    const code = (CLASS_NAMES as readonly string[]).indexOf(name);
    if (code < 0) throw unknown('unknown_class', name, CLASS_NAMES);
    return code;
  });
}

const BUCKET_NAMES = Array.from({ length: 8 }, (_, bucket) => `M${bucket}`);

function bucketCode(name: string | undefined): number | undefined {
  if (name === undefined) return undefined;
  const code = BUCKET_NAMES.indexOf(name.toUpperCase());
  if (code < 0) throw unknown('unknown_bucket', name, BUCKET_NAMES);
  return code;
}

function unknown(rule: string, asked: string, known: readonly string[]): LoanbookError {
  return new LoanbookError(rule, 'The book has nothing of this name.', {
    exitCode: EXIT.usage,
    evidence: { asked, known: known.join(', ') },
    next: 'Name one of them, or leave the filter out.',
  });
}
