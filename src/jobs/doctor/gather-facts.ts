import { sqlStateOf } from '../../db/outage.js';
import type { Fact, Facts } from '../../operations/doctor/facts.js';
import type { FactSource, Found } from './fact-source.js';
import type { House } from './house.js';
import { SOURCES } from './sources/index.js';

export interface Unknown {
  readonly fact: Fact;
  readonly why: string;
}

export interface Gathered {
  readonly facts: Facts;
  readonly seen: NonNullable<Found['seen']>;
  readonly unknown: readonly Unknown[];
}

/** Asks each source in turn. Never throws: what cannot be found out is told with its reason. */
export async function gatherFacts(
  house: House,
  sources: readonly FactSource[] = SOURCES,
): Promise<Gathered> {
  let facts: Facts = {};
  let seen: Gathered['seen'] = {};
  const unknown: Unknown[] = [];
  for (const source of sources) {
    let why = 'not known';
    try {
      const found = await source.find(house);
      facts = { ...facts, ...found.facts };
      seen = { ...seen, ...found.seen };
    } catch (error) {
      why = reasonOf(error);
    }
    const missing = source.facts.filter((fact) => facts[fact] === undefined);
    unknown.push(...missing.map((fact) => ({ fact, why })));
  }
  return { facts, seen, unknown };
}

/** No such table, no such schema. */
const NO_BOOK = ['42P01', '3F000'];

function reasonOf(error: unknown): string {
  if (NO_BOOK.includes(sqlStateOf(error) ?? '')) return 'There is no loan book in the database.';
  return error instanceof Error ? error.message || error.name : String(error);
}
