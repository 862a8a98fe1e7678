import type { Fen } from './units.js';

const SAFE_MAX = Number.MAX_SAFE_INTEGER;

/**
 * A sum over many loans, exact to the end: the amounts of one loan are safe integers, their sum
 * need not be one. It is kept as a number for as long as that holds, which costs one comparison.
 */
export class Total {
  #near = 0;
  #far = 0n;

  add(amount: Fen): void {
    // Two safe integers whose double sum is safe were added exactly.
    const sum = this.#near + amount;
    if (sum <= SAFE_MAX && sum >= -SAFE_MAX) this.#near = sum;
    else {
      this.#far += BigInt(this.#near);
      this.#near = amount;
    }
  }

  get value(): bigint {
    return this.#far + BigInt(this.#near);
  }

  get isZero(): boolean {
    return this.#far === 0n ? this.#near === 0 : this.value === 0n;
  }

  copy(): Total {
    const copy = new Total();
    copy.#near = this.#near;
    copy.#far = this.#far;
    return copy;
  }
}

/** A total as evidence shows it: a number, or its digits where no safe integer holds it. */
export function shownTotal(total: bigint): number | string {
  const near = Number(total);
  return Number.isSafeInteger(near) ? near : String(total);
}

/** An amount cut into safe integers of its sign; none for zero. */
export function safeParts(amount: bigint): Fen[] {
  const parts: Fen[] = [];
  const most = BigInt(SAFE_MAX);
  for (let rest = amount; rest !== 0n; ) {
    const part = rest > most ? most : rest < -most ? -most : rest;
    parts.push(Number(part));
    rest -= part;
  }
  return parts;
}
