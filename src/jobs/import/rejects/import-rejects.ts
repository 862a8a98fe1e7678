import { maskCell } from '../../../files/mask.js';
import type { Reject } from '../../../files/rejects/reject-columns.js';
import { RejectFile } from '../../../files/rejects/reject-file.js';
import type { RejectLines } from '../../../files/rejects/reject-lines.js';
import type { RejectPlace } from '../../../files/rejects/reject-place.js';
import { importRules } from '../rules/explain-rule.js';
import type { SourceColumns } from '../source/source-columns.js';

/** A rejected row as it is shown: without anything personal. */
export interface ShownReject {
  readonly line: number;
  /** Its loan; '' where the row names none. */
  readonly loan: string;
  readonly field: string;
  readonly rule: string;
  readonly value: string;
  /** What the rule means. */
  readonly message: string;
}

/** Rejected rows that are shown beside the file of them. */
export const SHOWN_REJECTS = 20;

/** The rejects of an import: the file of them, and the first ones as they are shown. */
export class ImportRejects extends RejectFile {
  readonly shown: ShownReject[] = [];
  readonly #columns: SourceColumns;

  /** `columns`: where the file whose rows are rejected has ours. */
  constructor(path: string, { columns, rejectLines }: RejectedFrom, place?: RejectPlace) {
    super(path, rejectLines, place);
    this.#columns = columns;
  }

  override async add(reject: Reject, row: readonly string[], rowLine = 0): Promise<void> {
    if (this.shown.length < SHOWN_REJECTS) {
      // A row that is in no file holds nothing but the number of its loan, as we have it.
      const loan =
        rowLine === 0
          ? (row.find((cell) => cell !== '') ?? '')
          : this.#columns.textOf('loan_no', row);
      const { line, field, rule, value } = reject;
      // How many fields there are is said in words of ours.
      const told = rule === 'column_count' ? value : maskCell(value);
      const shown = { line, loan: maskCell(loan), field, rule, value: told };
      this.shown.push({ ...shown, message: messageOf(rule) });
    }
    await super.add(reject, row, rowLine);
  }
}

interface RejectedFrom {
  readonly columns: SourceColumns;
  readonly rejectLines: RejectLines;
}

/** What a rule means, in the words of `loanbook import explain`; '' where there are none. */
export function messageOf(rule: string): string {
  return importRules().find((page) => page.rule === rule)?.means ?? '';
}
