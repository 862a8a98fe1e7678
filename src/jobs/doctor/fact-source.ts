import type { Fact, Facts } from '../../operations/doctor/facts.js';
import type { House } from './house.js';

/** Facts, and what there was to see behind their numbers: names of tables, of rights. */
export interface Found {
  readonly facts: Facts;
  readonly seen?: { readonly [Key in Fact]?: readonly string[] };
}

/**
 * Finds some facts that belong together. What it throws is why they are not known; the other
 * sources go on.
 */
export interface FactSource {
  readonly facts: readonly Fact[];
  find(house: House): Promise<Found>;
}

/** Why a fact cannot be told, in words for people. */
export class NotTold extends Error {
  override readonly name = 'NotTold';
}
