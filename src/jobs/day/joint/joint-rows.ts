import type { DaySplit } from '../../../accounting/backdating/refold.js';
import type { LoanRun } from '../../../accounting/fold/fold-range.js';
import type { Position } from '../../../accounting/fold/position.js';
import type { DayFlow } from '../../../accounting/posting/flow.js';
import type { Book } from '../../book/book.js';
import type { PositionRow } from '../position-row.js';
import { JointDay } from './joint-day.js';
import { JointLoans } from './joint-loans.js';
import { blankStock, type OwnStock, stockOf } from './stock.js';

/** Takes the shares of a joint loan as it stands. */
interface Stands {
  stand(position: Position, stock: OwnStock): void;
}

/** Splits the loans of a stream, row after row; a loan that is the lender's alone costs a look. */
export class JointRows {
  readonly loans: JointLoans;
  readonly #row: PositionRow;
  readonly #stands: Stands;
  readonly #day = new JointDay();
  readonly #stock = blankStock();
  #isJoint = false;
  #isWeighed = false;

  constructor(book: Pick<Book, 'groups'>, row: PositionRow, stands: Stands) {
    this.loans = new JointLoans(book);
    this.#row = row;
    this.#stands = stands;
  }

  /** The row before a day of it is closed. */
  open(): void {
    this.#isJoint = false;
    if (!this.loans.any) return;
    const { position } = this.#row;
    const shares = this.loans.sharesOf(position);
    if (shares === undefined) return;
    this.#isJoint = true;
    const planId = this.loans.planId(position.groupId)!;
    this.#day.open(shares, planId, position, () => this.#row.openTotals());
  }

  /** And behind it: its totals have the flow. */
  close(flow: DayFlow): void {
    if (!this.#isJoint) return;
    const { position } = this.#row;
    if (this.#day.isQuiet(flow)) this.#day.closeQuiet(position, flow);
    else this.#day.close(position, this.#row.openTotals(), flow);
  }

  /** A loan that enters the book with what `flow` has. */
  enter(flow: DayFlow): void {
    this.open();
    if (this.#isJoint) this.#day.enter(this.#row.position, this.#row.openTotals(), flow);
  }

  /** Works out the shares of the row as it is going to be written. */
  weigh(): void {
    this.#isWeighed = false;
    if (!this.loans.any) return;
    const { position } = this.#row;
    const shares = this.loans.sharesOf(position);
    if (shares === undefined) return;
    stockOf(shares, position, this.#row.openTotals(), this.#stock);
    this.#isWeighed = true;
  }

  /** The row that was weighed is one of the day. */
  stand(): void {
    if (this.#isWeighed) this.#stands.stand(this.#row.position, this.#stock);
  }

  /** Splits the days of a past that is folded again. */
  replayOf(position: Position): (() => DaySplit) | undefined {
    const shares = this.loans.sharesOf(position);
    if (shares === undefined) return undefined;
    const planId = this.loans.planId(position.groupId)!;
    return () => {
      const day = new JointDay();
      return {
        open: (run: LoanRun) => day.open(shares, planId, run.position, () => run.totals),
        close: (run: LoanRun, flow: DayFlow) => day.close(run.position, run.totals, flow),
      };
    };
  }
}
