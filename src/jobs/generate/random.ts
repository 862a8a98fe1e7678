const TWO_32 = 2 ** 32;

/** The golden-ratio step of splitmix, which walks through all 32-bit states. */
const SPLIT_STEP = 0x9e3779b9;

/**
 * A small generator with the same numbers on every machine: xoshiro128** (Blackman and Vigna), on
 * 32-bit integers only, its state filled by splitmix32. `reseed` begins a stream of its own for one
 * loan, so that a loan does not depend on how many numbers the loans before it took.
 */
export class Random {
  readonly #seedLow: number;
  readonly #seedHigh: number;
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** `seed`: a non-negative safe integer. */
  constructor(seed: number) {
    this.#seedLow = seed >>> 0;
    this.#seedHigh = Math.floor(seed / TWO_32) >>> 0;
    this.reseed(0);
  }

  /** Begins the stream with that number, a non-negative integer below 2^32. */
  reseed(stream: number): void {
    let state = mix(this.#seedLow ^ mix(this.#seedHigh ^ mix(stream + SPLIT_STEP)));
    state = (state + SPLIT_STEP) | 0;
    this.#a = mix(state);
    state = (state + SPLIT_STEP) | 0;
    this.#b = mix(state);
    state = (state + SPLIT_STEP) | 0;
    this.#c = mix(state);
    // The one state that xoshiro must not have is all zeros.
    this.#d = mix((state + SPLIT_STEP) | 0) | 1;
  }

  /** 32 random bits as a non-negative integer. */
  next(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return result;
  }

  /** An integer from 0 up to, not including, `bound`: at most 2^21, so the product is exact. */
  below(bound: number): number {
    return Math.floor((this.next() * bound) / TWO_32);
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True in `share` of 10,000 cases. */
  chance(share: number): boolean {
    return this.below(10_000) < share;
  }

  /** One of the choices, as often as its weight says. There is at least one. */
  pick<Choice extends { readonly weight: number }>(choices: readonly Choice[]): Choice {
    let total = 0;
    for (const choice of choices) total += choice.weight;
    let left = this.below(total);
    for (const choice of choices) {
      if (left < choice.weight) return choice;
      left -= choice.weight;
    }
    throw new RangeError('there is nothing to pick from');
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** The finalizer of splitmix32: every bit of the input reaches every bit of the output. */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}
