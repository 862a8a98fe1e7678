import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { CLASS_NAMES, STATUS_NAMES } from '../../accounting/fold/position.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { type EpochDay, type Fen, NO_DAY } from '../../accounting/money/units.js';
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
  /** One of CLASS_NAMES. */
  readonly classification?: string;
  /** M bucket: M0 to M7. */
  readonly bucket?: string;
  /** The next instalment falls due so many days behind the day or earlier. */
  readonly dueWithin?: number;
  /** Part of the loan number, whatever its case. */
  readonly text?: string;
  readonly asOf?: EpochDay;
  readonly signal?: AbortSignal;
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
}

/**
 * The loans of the book at the close of a sealed day, by default the last, in the order of their
 * numbers; streamed. A loan that has left the book (settled, cancelled or sold, with nothing held)
 * has no position any more and is not among them. Interest and penalty are what `portfolio` sums.
 * Throws what `sealedRange` does, and `unknown_product`, `unknown_org`, `unknown_funding_plan`,
 * `unknown_class`, `unknown_bucket` (2).
 */
export async function listLoans(client: pg.Client, filter: LoanFilter): Promise<Report> {
  const range = await sealedRange(client, { to: filter.asOf });
  const conditions = await conditionsOf(client, range, filter);
  const rows = listed(client, range, conditions, filter.signal);
  return {
    head: { businessDate: formatDay(range.to), currency: range.currency },
    tables: [{ name: 'loans', title: '借据清单', columns: COLUMNS, rows }],
  };
}

interface Conditions {
  readonly sql: readonly string[];
  readonly values: readonly unknown[];
}

async function conditionsOf(
  client: pg.Client,
  { to }: SealedRange,
  filter: LoanFilter,
): Promise<Conditions> {
  const values: unknown[] = [formatDay(to)];
  const sql = ['p.business_date = $1'];
  const add = (condition: (place: string) => string, value: unknown) => {
    if (value === undefined) return;
    values.push(value);
    sql.push(condition(`$${values.length}`));
  };
  const { product, org, fundingPlan, dueWithin, text: part } = filter;
  await requireKnown(client, 'product', product);
  await requireKnown(client, 'org', org);
  await requireKnown(client, 'fundingPlan', fundingPlan);
  add((place) => `v.code = ${place}`, product);
  add((place) => `g.org = ${place}`, org);
  add((place) => `g.funding_plan = ${place}`, fundingPlan);
  add((place) => `p.classification = ${place}`, classCode(filter.classification));
  add((place) => `p.overdue_bucket = ${place}`, bucketCode(filter.bucket));
  add(
    (place) => `p.next_due_on > $1::date AND p.next_due_on <= $1::date + ${place}::integer`,
    dueWithin,
  );
  add((place) => `strpos(lower(l.loan_no), lower(${place})) > 0`, part);
  return { sql, values };
}

async function* listed(
  client: pg.Client,
  { minorDigits }: SealedRange,
  { sql, values }: Conditions,
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
       h.held_since AS "heldSince"
     FROM position p JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id
       JOIN accounting_group g ON g.group_id = p.group_id
       JOIN product_version v ON v.product_id = g.product_id
       LEFT JOIN held_loan h ON h.business_date = p.business_date AND h.bucket = p.bucket
         AND h.loan_id = p.loan_id
     WHERE ${sql.join(' AND ')}
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

function classCode(name: string | undefined): number | undefined {
  if (name === undefined) return undefined;
  const code = (CLASS_NAMES as readonly string[]).indexOf(name);
  if (code < 0) throw unknown('unknown_class', name, CLASS_NAMES);
  return code;
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
