import type pg from 'pg';
import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import { EVENT_TYPE } from '../../../accounting/events/loan-event.js';
import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import type { LoanContract, Schedule } from '../../../accounting/schedule/schedule-rows.js';
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
  readonly #loans = new Map<string, BalanceLoan>();
  readonly #rows = new Map<string, BroughtInstallments>();

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

  async fetch(loanNos: readonly string[]): Promise<void> {
    this.#loans.clear();
    this.#rows.clear();
    const asked = [...new Set(loanNos)].filter((loanNo) => loanNo !== '' && isCleanText(loanNo));
    if (asked.length === 0) return;
    const { rows } = await this.#client.query<LoanRow>(readSql(import.meta.url, 'balances-loans'), [
      asked.map(bucketOf),
      asked,
    ]);
    for (const row of rows) this.#loans.set(row.loan_no, loanOf(row));
    if (this.#file === null) return;
    const { rows: groups } = await this.#client.query<GroupRow>(
      readSql(import.meta.url, 'balances-installments'),
      [asked],
    );
    for (const group of groups) {
      this.#claimed[group.ordinal] = 1;
      const isApart = this.#rows.has(group.loan_no);
      const rows = groupOf(group);
      const apart = this.#problem(group.line, 'rows_apart', group.loan_no);
      this.#rows.set(group.loan_no, isApart ? { ...rows, problem: apart } : rows);
    }
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

interface LoanRow {
  readonly loan_no: string;
  readonly bucket: number;
  readonly loan_id: number;
  readonly product_id: number;
  readonly principal: number;
  readonly rate_ppb: number;
  readonly periods: number;
  readonly disbursed_on: string;
  readonly first_due_on: string | null;
  readonly born_on: string;
  readonly type: number;
  readonly has_position: boolean;
  readonly first_fee_seq: number;
  readonly due_on: string[];
  readonly due_principal: number[];
  readonly due_interest: number[];
  readonly balance_after: number[];
}

/** A date column always parses. */
function day(text: string): number {
  return parseDay(text) ?? 0;
}

function loanOf(row: LoanRow): BalanceLoan {
  return {
    bucket: row.bucket,
    loanId: row.loan_id,
    productId: row.product_id,
    bornOn: day(row.born_on),
    isRunning: row.type === EVENT_TYPE.opening,
    hasPosition: row.has_position,
    firstFeeSeq: row.first_fee_seq,
    contract: {
      principal: row.principal,
      ratePpb: row.rate_ppb,
      periods: row.periods,
      disbursedOn: day(row.disbursed_on),
      firstDueOn: row.first_due_on === null ? null : day(row.first_due_on),
    },
    schedule: {
      dueOn: row.due_on.map(day),
      principal: row.due_principal,
      interest: row.due_interest,
      balanceAfter: row.balance_after,
    },
  };
}

interface GroupRow extends Omit<BroughtInstallments, 'dueOn' | 'freeUntil' | 'problem'> {
  readonly ordinal: number;
  readonly loan_no: string;
  readonly due_on: string[];
  readonly free_until: string[];
  readonly problem_line: number;
  readonly field: string;
  readonly rule: string;
  readonly value: string;
}

function groupOf(row: GroupRow): BroughtInstallments {
  const { field, rule, value, problem_line: line } = row;
  return {
    ...row,
    dueOn: row.due_on.map(day),
    freeUntil: row.free_until.map(day),
    problem: rule === '' ? null : { line, field, rule, value },
  };
}
