import { formatAmount, parseTotal } from '../../accounting/money/amount-text.js';
import { refusalOf } from './layout-refusals.js';

/**
 * Follows the running balance of a statement: what a line moves is the difference of two balances.
 * A statement may begin with its newest line: the first pair that tells the order rules.
 */
export class RunningBalance {
  readonly #path: string;
  readonly #minorDigits: number;
  #last: { readonly balance: bigint; readonly moved: bigint } | undefined;
  #isRising = true;
  #isFalling = true;

  constructor(path: string, minorDigits: number) {
    this.#path = path;
    this.#minorDigits = minorDigits;
  }

  /** Takes one more line as canonical amounts. Throws LoanbookError `balance_broken`. */
  take(line: number, balanceText: string, movedText: string): void {
    const balance = parseTotal(balanceText, this.#minorDigits);
    const moved = parseTotal(movedText, this.#minorDigits);
    // A line that cannot be read is reported as such; the next begins anew.
    if (balance === undefined || moved === undefined) {
      this.#last = undefined;
      return;
    }
    const last = this.#last;
    this.#last = { balance, moved };
    if (last === undefined) return;
    const rising = last.balance + moved;
    const falling = last.balance - last.moved;
    const isRising = this.#isRising && balance === rising;
    const isFalling = this.#isFalling && balance === falling;
    if (!isRising && !isFalling) {
      const expected = this.#isRising ? rising : falling;
      const shown = (amount: bigint) => formatAmount(amount, this.#minorDigits);
      throw refusalOf('balance_broken', this.#path, line, {
        expected: shown(expected),
        actual: shown(balance),
        difference: shown(balance - expected),
      });
    }
    this.#isRising = isRising;
    this.#isFalling = isFalling;
  }
}
