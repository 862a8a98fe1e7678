import type { EpochDay, Fen } from '../../accounting/money/units.js';

/** What an instalment asks for, on its day. */
export interface Instalment {
  readonly seq: number;
  readonly dueOn: EpochDay;
  readonly amount: Fen;
}

/**
 * What is open of a loan's instalments, the oldest paid first, and what came beyond them. Of the
 * two one is always 0.
 */
export class OpenBalance {
  readonly #instalments: readonly Instalment[];
  readonly #paid: Fen[];
  #suspense: Fen = 0;

  constructor(instalments: readonly Instalment[]) {
    this.#instalments = [...instalments].sort((a, b) => a.dueOn - b.dueOn);
    this.#paid = this.#instalments.map(() => 0);
  }

  get suspense(): Fen {
    return this.#suspense;
  }

  get open(): Fen {
    return this.#instalments.reduce((sum, { amount }, at) => sum + amount - this.#paid[at]!, 0);
  }

  openOf(seq: number): Fen {
    const at = this.#instalments.findIndex((each) => each.seq === seq);
    return this.#instalments[at]!.amount - this.#paid[at]!;
  }

  /** What is more than is open goes to suspense. */
  pay(amount: Fen): void {
    let rest = amount;
    for (const [at, instalment] of this.#instalments.entries()) {
      const part = Math.min(rest, instalment.amount - this.#paid[at]!);
      this.#paid[at]! += part;
      rest -= part;
    }
    this.#suspense += rest;
  }

  /** Out of suspense first; the rest makes open again what was paid last. */
  takeBack(amount: Fen): void {
    const fromSuspense = Math.min(amount, this.#suspense);
    this.#suspense -= fromSuspense;
    let rest = amount - fromSuspense;
    for (let at = this.#paid.length - 1; at >= 0; at -= 1) {
      const part = Math.min(rest, this.#paid[at]!);
      this.#paid[at]! -= part;
      rest -= part;
    }
  }
}
