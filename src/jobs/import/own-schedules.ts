import type pg from 'pg';
import { TupleFields } from '../../db/copy/copy-fields.js';
import { copyRows } from '../../db/copy/copy-stream.js';
import type { OwnSchedule, ScheduleWords } from './own-schedule.js';
import type { ImportScene, SecondFile, Unclaimed } from './row-intake.js';
import { isCleanText } from './source/field-text.js';
import { type ScheduleFile, scheduleField, stageSchedules } from './stage-schedules.js';

/** What `readSchedule` reads. */
const COLUMNS = `loan_no, ordinal, line, due_on, principal, interest, fee, balance_after, lines,
  problem_line, field, rule, value`;
const FIELDS = 13;
/** Schedules of no loan that are looked up together. */
const PAGE = 1000;

/**
 * The schedules of a second file by loan. They are staged in the database and fetched for some
 * loans at a time, so that the two files need not be in the same order.
 */
export class OwnSchedules implements SecondFile {
  readonly column = 'loan_no';
  readonly words: ScheduleWords;
  /** Schedules that the file has. */
  readonly count: number;
  readonly #client: pg.Client;
  /** By ordinal: a row of the first file asked for it. */
  readonly #claimed: Uint8Array;
  readonly #fetched = new Map<string, OwnSchedule>();

  static async stage(scene: ImportScene, file: ScheduleFile): Promise<OwnSchedules> {
    const count = await stageSchedules(scene, file);
    const nameOf = (column: string) => scheduleField(file, column);
    return new OwnSchedules(scene.client, count, { minorDigits: scene.minorDigits, nameOf });
  }

  private constructor(client: pg.Client, count: number, words: ScheduleWords) {
    this.#client = client;
    this.count = count;
    this.words = words;
    this.#claimed = new Uint8Array(count + 1);
  }

  /** The schedule that a loan brings along; null: its product lays it. Fetched before. */
  of(loanNo: string): OwnSchedule | null {
    return this.#fetched.get(loanNo) ?? null;
  }

  async fetch(loanNos: readonly string[]): Promise<void> {
    this.#fetched.clear();
    const asked = loanNos.filter((loanNo) => loanNo !== '' && isCleanText(loanNo));
    if (asked.length === 0) return;
    const list = asked.map((loanNo) => this.#client.escapeLiteral(loanNo)).join(', ');
    const select = `SELECT ${COLUMNS} FROM own_schedule
      WHERE loan_no IN (${list}) ORDER BY ordinal`;
    await copyRows(this.#client, select, FIELDS, (view, at, bytes) => {
      const [loanNo, own] = readSchedule(new TupleFields(view, at, bytes));
      this.#claimed[own.ordinal] = 1;
      const first = this.#fetched.get(loanNo);
      const kept = first === undefined ? own : { ...first, problem: this.#apart(loanNo, own.line) };
      this.#fetched.set(loanNo, kept);
    });
  }

  /**
   * Schedules of loans that are not in the first file. Those of loans that the book has are passed
   * over: when rejected loans are sent again, the file of schedules may stay as it is.
   */
  async *unclaimed(): AsyncGenerator<Unclaimed> {
    let at = this.#claimed.indexOf(0, 1);
    if (at < 0) return;
    await this.#client.query('CREATE INDEX ON own_schedule (ordinal)');
    const field = this.words.nameOf(this.column);
    while (at > 0) {
      const ordinals: number[] = [];
      for (; at > 0 && ordinals.length < PAGE; at = this.#claimed.indexOf(0, at + 1)) {
        ordinals.push(at);
      }
      for (const { loanNo, line } of await this.#notInBook(ordinals)) {
        const problem = { line, field, rule: 'loan_not_in_file', value: loanNo };
        yield { key: loanNo, problem };
      }
    }
  }

  async #notInBook(ordinals: readonly number[]) {
    const { rows } = await this.#client.query<{ loanNo: string; line: number }>(
      `SELECT o.loan_no AS "loanNo", o.line FROM own_schedule o
       WHERE o.ordinal = ANY ($1) AND NOT EXISTS (
         SELECT FROM loan l WHERE l.bucket = o.bucket AND l.loan_no = o.loan_no)
       ORDER BY o.ordinal`,
      [ordinals],
    );
    return rows;
  }

  #apart(loanNo: string, line: number) {
    return { line, field: this.words.nameOf(this.column), rule: 'rows_apart', value: loanNo };
  }
}

/** Reads a tuple of COLUMNS: the loan's number and its schedule. */
function readSchedule(fields: TupleFields): [loanNo: string, own: OwnSchedule] {
  const loanNo = fields.text();
  const own = {
    ordinal: fields.int4(),
    line: fields.int4(),
    dueOn: fields.dates(),
    principal: fields.int8s(),
    interest: fields.int8s(),
    fee: fields.int8s(),
    balanceAfter: fields.int8s(),
    lines: fields.int8s(),
  };
  const line = fields.int4();
  const field = fields.text();
  const rule = fields.text();
  const value = fields.text();
  return [loanNo, { ...own, problem: rule === '' ? null : { line, field, rule, value } }];
}
