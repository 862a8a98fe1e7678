import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { type FoldTerms, foldTerms } from '../../../accounting/fold/fold-terms.js';
import type { LoanFile } from '../../../accounting/fold/loan-terms-at-hand.js';
import { blankPosition, CLASS_NAMES, type Position } from '../../../accounting/fold/position.js';
import { formatAmount, parseAmount } from '../../../accounting/money/amount-text.js';
import { Refusal } from '../../../accounting/money/refusal.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { openLoan } from '../../../accounting/opening/open-loan.js';
import { openingFault } from '../../../accounting/opening/opening-fault.js';
import type {
  OpeningFault,
  OpeningPosition,
} from '../../../accounting/opening/opening-position.js';
import { dueByCutOver } from '../../../accounting/opening/opening-rows.js';
import { TOTALS_COUNT } from '../../../accounting/posting/totals.js';
import type { ProductTerms } from '../../../accounting/product/product.js';
import { boolField, dateArray, int8Array } from '../../../db/copy/copy-array.js';
import type { TupleWriter } from '../../../db/copy/tuple-writer.js';
import type { Book } from '../../book/book.js';
import type { ImportScene, RowIntake } from '../row-intake.js';
import { isCleanText } from '../source/field-text.js';
import type { RowProblem } from '../source/source-columns.js';
import { BALANCE_COLUMNS, BALANCE_STAGE_COLUMNS } from './balance-columns.js';
import type { BalanceLoan, BalanceLookup, BroughtInstallments } from './balance-lookup.js';
import { readBalance } from './balance-row.js';

/** Sums of the open instalments that a row may say, and what is summed. */
const SUMS = [
  ['interest_due', 'interest'],
  ['penalty_due', 'penalty'],
  ['compound_due', 'compound'],
  ['fee_due', 'fee'],
] as const;

/** Columns of ours by the keys of a position. */
const FIELDS: Readonly<Record<string, string>> = {
  cutOverOn: 'cut_over_on',
  principalNotDue: 'principal_not_due',
  interestAccrued: 'interest_accrued',
  periodsPaid: 'periods_paid',
  dueOn: 'due_on',
  freeUntil: 'free_until',
};

const NO_ROWS: BroughtInstallments = {
  line: 0,
  lines: [],
  seq: [],
  dueOn: [],
  freeUntil: [],
  principal: [],
  interest: [],
  penalty: [],
  compound: [],
  fee: [],
  problem: null,
};

/** A loan whose age is not what its row says: only compared, it goes in. */
export interface DifferingAge {
  readonly loanNo: string;
  readonly field: 'days_past_due' | 'class';
  readonly said: string;
  readonly here: string;
}

/** Ages that are shown; the others are counted. */
const SHOWN_MAX = 20;

/** Reads positions of running loans, each with the instalments that its loan has. */
export class BalanceIntake implements RowIntake {
  readonly entersOpenDay = true;
  readonly second: BalanceLookup;
  readonly differing: DifferingAge[] = [];
  differingCount = 0;
  readonly #book: Book;
  readonly #cutOverOn: EpochDay;
  readonly #minorDigits: number;
  readonly #isDelta: boolean;
  readonly #terms = new Map<number, FoldTerms>();
  readonly #places = new Map(BALANCE_COLUMNS.map(({ name }, at) => [name, at]));

  constructor(scene: ImportScene, book: Book, lookup: BalanceLookup, isDelta: boolean) {
    this.#isDelta = isDelta;
    this.second = lookup;
    this.#book = book;
    this.#cutOverOn = scene.openDay - 1;
    this.#minorDigits = scene.minorDigits;
  }

  take(fields: readonly string[], line: number, writer: TupleWriter): RowProblem | undefined {
    const textOf = (column: string) => fields[this.#places.get(column) ?? -1] ?? '';
    const loanNo = textOf('loan_no');
    if (!isCleanText(loanNo)) return problem('loan_no', 'malformed_text', loanNo);
    const loan = this.second.loan(loanNo);
    const unfit = this.#unfit(loan);
    if (loan === undefined || unfit !== '') return problem('loan_no', unfit, loanNo);
    const rows = this.second.installments(loanNo) ?? NO_ROWS;
    if (rows.problem !== null) return rows.problem;
    const scale = { minorDigits: this.#minorDigits, cutOverOn: this.#cutOverOn };
    const opening = readBalance(textOf, rows, scale);
    if ('rule' in opening) return opening;
    const fault = openingFault(opening, loan.contract, loan.schedule);
    if (fault !== undefined) return this.#problemOf(fault, rows);
    const wrong = this.#feeProblem(opening, loan, loanNo) ?? this.#sumProblem(opening, textOf);
    if (wrong !== undefined) return wrong;
    const position = this.#stand(opening, loan);
    if ('rule' in position) return position;
    this.#compare(opening, position, loanNo);
    put(writer, line, loan, opening, rows);
    return undefined;
  }

  #unfit(loan: BalanceLoan | undefined): string {
    if (loan === undefined) return 'unknown_loan';
    if (loan.hasPosition && !this.#isDelta) return 'position_in_book';
    if (!loan.isRunning) return 'loan_not_running';
    return loan.bornOn <= this.#cutOverOn ? 'loan_already_folded' : '';
  }

  #problemOf({ key, rule, value, row, unit }: OpeningFault, rows: BroughtInstallments): RowProblem {
    const field = FIELDS[key] ?? key;
    const amount = () => formatAmount(value, this.#minorDigits);
    const text = unit === 'day' ? formatDay(value) : unit === 'amount' ? amount() : String(value);
    if (row === undefined || rows.lines.length === 0) return problem(field, rule, text);
    // Of rows that are lacking the last one tells.
    const line = rows.lines[row] ?? rows.lines[rows.lines.length - 1]!;
    return { line, field: this.second.nameOf(field), rule, value: text };
  }

  /** Fees that came with the loan are events, due on the days of its own schedule. */
  #feeProblem(
    opening: OpeningPosition,
    { firstFeeSeq, schedule }: BalanceLoan,
    loanNo: string,
  ): RowProblem | undefined {
    if (firstFeeSeq === 0) return undefined;
    const isDue = firstFeeSeq <= dueByCutOver(opening, schedule);
    const isDoubled = opening.coming?.some(({ fee }) => fee > 0) === true;
    return isDue || isDoubled ? problem('loan_no', 'fees_with_the_loan', loanNo) : undefined;
  }

  #sumProblem(
    { open, principalNotDue }: OpeningPosition,
    textOf: (column: string) => string,
  ): RowProblem | undefined {
    const sumOf = (key: 'principal' | (typeof SUMS)[number][1]) =>
      open.reduce((sum, item) => sum + item[key], 0);
    const sums = [
      ['principal', principalNotDue + sumOf('principal')] as const,
      ...SUMS.map(([column, key]) => [column, sumOf(key)] as const),
    ];
    for (const [column, sum] of sums) {
      const text = textOf(column);
      if (text === '') continue;
      const said = parseAmount(text, this.#minorDigits);
      if (said === undefined) return problem(column, 'malformed_amount', text);
      if (said !== sum) return problem(column, 'total_not_sum', text);
    }
    return undefined;
  }

  /** The loan as its first close will find it. */
  #stand(opening: OpeningPosition, loan: BalanceLoan): Position | RowProblem {
    const terms = this.#book.products.get(loan.productId);
    if (terms === undefined) return problem('loan_no', 'unknown_product', '');
    const { contract, schedule } = loan;
    const date = opening.cutOverOn;
    const book = { date, policy: this.#book.policyOn(date), calendar: this.#book.calendar };
    const totals = new Array<Fen>(TOTALS_COUNT).fill(0);
    const file: LoanFile = { contract, schedule, changed: false, totals: () => totals };
    const position = blankPosition();
    try {
      openLoan({ position, file, totals }, opening, this.#termsOf(loan.productId, terms), book);
      return position;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return problem(
        'principal_not_due',
        error.code,
        String(Object.values(error.evidence)[0] ?? ''),
      );
    }
  }

  #termsOf(productId: number, terms: ProductTerms): FoldTerms {
    let prepared = this.#terms.get(productId);
    if (prepared === undefined) {
      prepared = foldTerms(terms, this.#cutOverOn);
      this.#terms.set(productId, prepared);
    }
    return prepared;
  }

  #compare(
    { daysPastDue, classification }: OpeningPosition,
    position: Position,
    loanNo: string,
  ): void {
    const ages = [
      ['days_past_due', daysPastDue, position.daysPastDue, String],
      ['class', classification, position.classification, (at: number) => CLASS_NAMES[at]!],
    ] as const;
    for (const [field, said, here, text] of ages) {
      if (said === null || said === here) continue;
      this.differingCount += 1;
      if (this.differing.length === SHOWN_MAX) continue;
      this.differing.push({ loanNo, field, said: text(said), here: text(here) });
    }
  }
}

function put(
  writer: TupleWriter,
  line: number,
  { bucket, loanId }: BalanceLoan,
  opening: OpeningPosition,
  rows: BroughtInstallments,
): void {
  writer.tuple(BALANCE_STAGE_COLUMNS.length);
  writer.int4(line);
  writer.int2(bucket);
  writer.int8(loanId);
  writer.date(opening.cutOverOn);
  writer.int8(opening.principalNotDue);
  writer.int8(opening.interestAccrued);
  writer.int8(opening.suspense);
  boolField(writer, opening.accruing);
  boolField(writer, opening.writtenOff);
  boolField(writer, opening.fromBirth);
  writer.int4(opening.periodsPaid ?? -1);
  writer.int4(opening.daysPastDue ?? -1);
  writer.int4(opening.classification ?? -1);
  int8Array(writer, rows.seq);
  dateArray(writer, rows.dueOn);
  dateArray(writer, rows.freeUntil);
  int8Array(writer, rows.principal);
  int8Array(writer, rows.interest);
  int8Array(writer, rows.penalty);
  int8Array(writer, rows.compound);
  int8Array(writer, rows.fee);
}

function problem(field: string, rule: string, value: string): RowProblem {
  return { field, rule, value };
}
