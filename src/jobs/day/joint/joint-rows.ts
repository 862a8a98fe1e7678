import type { DaySplit } from '../../../accounting/backdating/refold.js';
import type { LoanRun } from '../../../accounting/fold/fold-range.js';
import type { Position } from '../../../accounting/fold/position.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { DayFlow } from '../../../accounting/posting/flow.js';
import type { Book } from '../../book/book.js';
import type { PositionRow } from '../position-row.js';
import type { AssignedLoans } from './assigned-loans.js';
import { handOver } from './hand-over.js';
import { JointDay } from './joint-day.js';
import { type Joint, JointLoans } from './joint-loans.js';
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
  readonly #date: EpochDay;
  #joint: Joint | undefined;
  /** Its plan changes on the day that is closed. */
  #isHandedOver = false;
  #isWeighed = false;

  constructor(
    book: Pick<Book, 'groups' | 'assigned'>,
    date: EpochDay,
    row: PositionRow,
    { assigned, stands }: { readonly assigned: AssignedLoans; readonly stands: Stands },
  ) {
    this.loans = new JointLoans(book, assigned);
    this.#date = date;
    this.#row = row;
    this.#stands = stands;
  }

  /** The row before a day of it is closed: the one of the task, or one that it was held on. */
  open(date = this.#date): void {
    this.#joint = undefined;
    if (!this.loans.any) return;
    const { position } = this.#row;
    const joint = this.loans.on(position, date);
    if (joint === undefined) return;
    this.#joint = joint;
    this.#isHandedOver = joint.assignment?.effectiveOn === date;
    this.#day.open(joint.shares, joint.planId, position, () => this.#row.openTotals());
  }

  /** And behind it: its totals have the flow. */
  close(flow: DayFlow): void {
    if (this.#joint === undefined) return;
    const { position } = this.#row;
    if (this.#day.isQuiet(flow)) this.#day.closeQuiet(position, flow);
    else this.#day.close(position, this.#row.openTotals(), flow);
    if (this.#isHandedOver) handOver(this.#joint.assignment!, flow);
  }

  /** A loan that enters the book with what `flow` has. */
  enter(flow: DayFlow): void {
    this.open();
    if (this.#joint === undefined) return;
    this.#day.enter(this.#row.position, this.#row.openTotals(), flow);
  }

  /** Works out the shares of the row as it is going to be written. */
  weigh(): void {
    this.#isWeighed = false;
    if (!this.loans.any) return;
    const { position } = this.#row;
    const joint = this.loans.on(position, this.#date);
    if (joint === undefined) return;
    stockOf(joint.shares, position, this.#row.openTotals(), this.#stock);
    this.#isWeighed = true;
  }

  /** The row that was weighed is one of the day. */
  stand(): void {
    if (this.#isWeighed) this.#stands.stand(this.#row.position, this.#stock);
  }

  /**
   * Splits the days of a past that is folded again, by the plan of today: what is booked behind an
   * assignment belongs by the new parts, whatever its value date.
   */
  replayOf(position: Position): (() => DaySplit) | undefined {
    const joint = this.loans.on(position, this.#date);
    if (joint === undefined) return undefined;
    const { shares, planId } = joint;
    return () => {
      const day = new JointDay();
      return {
        open: (run: LoanRun) => day.open(shares, planId, run.position, () => run.totals),
        close: (run: LoanRun, flow: DayFlow) => day.close(run.position, run.totals, flow),
      };
    };
  }
}
