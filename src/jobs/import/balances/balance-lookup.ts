import type pg from 'pg';
import { EVENT_TYPE } from '../../../accounting/events/loan-event.js';
import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import { NO_DAY } from '../../../accounting/money/units.js';
import type { LoanContract, Schedule } from '../../../accounting/schedule/schedule-rows.js';
import { TupleFields } from '../../../db/copy/copy-fields.js';
import { copyRows } from '../../../db/copy/copy-stream.js';
import { readSql } from '../../../db/sql-file.js';
import type { ImportScene, SecondFile, Unclaimed } from '../row-intake.js';
import { isCleanText } from '../source/field-text.js';
import type { RowProblem } from '../source/source-columns.js';
import type { SourceFile } from '../source/source-file.js';
import type { ScheduleFile } from '../tasks/own-schedule-rows.js';
import { INSTALLMENT_STAGE_COLUMNS } from './balance-columns.js';
import { InstallmentGroup } from './installment-group.js';
import { stageGrouped } from './stage-grouped.js';

/** A loan of the book that a position may be of. */
export interface BalanceLoan {
  readonly bucket: number;
  readonly loanId: number;
  readonly productId: number;
  readonly bornOn: number;
  /** Disbursed before the day that it enters the book on. */
  readonly isRunning: boolean;
  readonly hasPosition: boolean;
  /** The last instalment with an agreed fee that came with the loan; 0: none. */
  readonly firstFeeSeq: number;
  readonly contract: LoanContract;
  readonly schedule: Schedule;
}

/** Its instalments, with the line of each in their file. */
export interface BroughtInstallments {
  readonly line: number;
  readonly lines: readonly number[];
  readonly seq: readonly number[];
  readonly dueOn: readonly number[];
  readonly freeUntil: readonly number[];
  readonly principal: readonly number[];
  readonly interest: readonly number[];
  readonly penalty: readonly number[];
  readonly compound: readonly number[];
  readonly fee: readonly number[];
  readonly problem: RowProblem | null;
}

/** Instalments of no loan of the first file that are looked up together. */
const PAGE = 1000;

/** How a column of the file of instalments is reported. */
function installmentField(file: SourceFile, column: string): string {
  return column === '' ? 'installment' : `installment.${file.columns.nameOf(column)}`;
}

/**
 * What positions are checked against, for some loans at a time: their contracts, and the
 * instalments of a second file, which need not be in the order of the first.
 */
export class BalanceLookup implements SecondFile {
  readonly column = 'loan_no';
  /** Loans that the file of instalments has; 0 without one. */
  readonly count: number;
  readonly #client: pg.Client;
  readonly #file: ScheduleFile | null;
  /** By ordinal: a row of the first file asked for it. */
  readonly #claimed: Uint8Array;
  #loans = new Map<string, BalanceLoan>();
  #rows = new Map<string, BroughtInstallments>();

  static async open(scene: ImportScene, file: ScheduleFile | null): Promise<BalanceLookup> {
    const { client, minorDigits } = scene;
    if (file === null) return new BalanceLookup(client, null, 0);
    const count = await stageGrouped(scene, file, {
      table: 'open_installment',
      stageSql: 'installments-stage',
      stageColumns: INSTALLMENT_STAGE_COLUMNS,
      begin: (loanNo, line) => new InstallmentGroup(loanNo, line, minorDigits),
      nameOf: (column) => installmentField(file, column),
    });
    return new BalanceLookup(client, file, count);
  }

  private constructor(client: pg.Client, file: ScheduleFile | null, count: number) {
    this.#client = client;
    this.#file = file;
    this.count = count;
    this.#claimed = new Uint8Array(count + 1);
  }

  /** Fetched before. */
  loan(loanNo: string): BalanceLoan | undefined {
    return this.#loans.get(loanNo);
  }

  installments(loanNo: string): BroughtInstallments | undefined {
    return this.#rows.get(loanNo);
  }

  /** A column of the file of instalments as it is reported. */
  nameOf(column: string): string {
    return this.#file === null ? column : installmentField(this.#file, column);
  }

  async fetch(loanNos: readonly string[]): Promise<() => void> {
    const asked = [...new Set(loanNos)].filter((loanNo) => loanNo !== '' && isCleanText(loanNo));
    const loans = new Map<string, BalanceLoan>();
    const brought = new Map<string, BroughtInstallments>();
    if (asked.length > 0) await this.#fetch(asked, loans, brought);
    return () => {
      this.#loans = loans;
      this.#rows = brought;
    };
  }

  async #fetch(
    asked: readonly string[],
    loans: Map<string, BalanceLoan>,
    brought: Map<string, BroughtInstallments>,
  ): Promise<void> {
    const literal = (loanNo: string) => this.#client.escapeLiteral(loanNo);
    const pairs = asked.map((loanNo) => `(${bucketOf(loanNo)}, ${literal(loanNo)})`).join(', ');
    const select = readSql(import.meta.url, 'balances-loans', { asked: pairs });
    await copyRows(this.#client, select, LOAN_FIELDS, (view, at, bytes) => {
      const fields = new TupleFields(view, at, bytes);
      loans.set(fields.text(), readLoan(fields));
    });
    if (this.#file === null) return;
    const numbers = { asked: asked.map(literal).join(', ') };
    const rows = readSql(import.meta.url, 'balances-installments', numbers);
    await copyRows(this.#client, rows, INSTALLMENT_FIELDS, (view, at, bytes) => {
      const fields = new TupleFields(view, at, bytes);
      this.#claimed[fields.int4()] = 1;
      const loanNo = fields.text();
      const parts = readInstallments(fields);
      const problem = brought.has(loanNo)
        ? this.#problem(parts.line, 'rows_apart', loanNo)
        : parts.problem;
      brought.set(loanNo, { ...parts, problem });
    });
  }

  /** Of loans that are not in the first file, and have no position in the book. */
  async *unclaimed(): AsyncGenerator<Unclaimed> {
    let at = this.#claimed.indexOf(0, 1);
    while (at > 0) {
      const ordinals: number[] = [];
      for (; at > 0 && ordinals.length < PAGE; at = this.#claimed.indexOf(0, at + 1)) {
        ordinals.push(at);
      }
      const { rows } = await this.#client.query<{ loanNo: string; line: number }>(
        readSql(import.meta.url, 'balances-unclaimed'),
        [ordinals],
      );
      for (const { loanNo, line } of rows) {
        yield { key: loanNo, problem: this.#problem(line, 'loan_not_in_file', loanNo) };
      }
    }
  }

  #problem(line: number, rule: string, value: string): RowProblem {
    return { line, field: this.nameOf(this.column), rule, value };
  }
}

const LOAN_FIELDS = 7;
const INSTALLMENT_FIELDS = 16;

function readLoan(fields: TupleFields): BalanceLoan {
  const [bucket = 0, loanId = 0, productId = 0, principal = 0, ratePpb = 0, ...rest] =
    fields.int8s();
  const [periods = 0, type = 0, positions = 0, firstFeeSeq = 0] = rest;
  const [disbursedOn = 0, bornOn = 0, firstDueOn = NO_DAY] = fields.dates();
  const first = firstDueOn === NO_DAY ? null : firstDueOn;
  return {
    ...{ bucket, loanId, productId, bornOn, firstFeeSeq },
    isRunning: type === EVENT_TYPE.opening,
    hasPosition: positions > 0,
    contract: { principal, ratePpb, periods, disbursedOn, firstDueOn: first },
    schedule: {
      dueOn: fields.dates(),
      principal: fields.int8s(),
      interest: fields.int8s(),
      balanceAfter: fields.int8s(),
    },
  };
}

function readInstallments(fields: TupleFields): BroughtInstallments {
  const rows = {
    line: fields.int4(),
    lines: fields.int8s(),
    seq: fields.int8s(),
    dueOn: fields.dates(),
    freeUntil: fields.dates(),
    principal: fields.int8s(),
    interest: fields.int8s(),
    penalty: fields.int8s(),
    compound: fields.int8s(),
    fee: fields.int8s(),
  };
  const line = fields.int4();
  const field = fields.text();
  const rule = fields.text();
  const value = fields.text();
  return { ...rows, problem: rule === '' ? null : { line, field, rule, value } };
}
