import { examine, type Finding, isFailing } from '../../operations/doctor/examine.js';
import type { Fact, Facts } from '../../operations/doctor/facts.js';
import { HOUSE_RULES } from '../../operations/doctor/house-rules.js';
import { gatherFacts, type Unknown } from './gather-facts.js';
import { type HousePlace, inHouse } from './house.js';

/** A finding with what there was to see behind its numbers. */
export interface HouseFinding extends Finding {
  readonly seen: readonly string[];
}

export interface Examination {
  readonly facts: Facts;
  readonly findings: readonly HouseFinding[];
  readonly unknown: readonly Unknown[];
  readonly isFailing: boolean;
  /** What it took to reach the database; undefined: it was reached. */
  readonly unreached: unknown;
}

/** Gathers the facts of a house and judges them. Throws nothing of what it finds. */
export async function examineHouse(place: HousePlace): Promise<Examination> {
  return inHouse(place, async (house) => {
    const { facts, seen, unknown } = await gatherFacts(house);
    const findings = examine(facts).map((finding) => {
      const lines = finding.status === 'ok' ? [] : factsOf(finding).map((fact) => seen[fact]);
      return { ...finding, seen: lines.flatMap((line) => line ?? []) };
    });
    const unreached = await house.client().then(
      () => undefined,
      (error: unknown) => error,
    );
    return { facts, findings, unknown, isFailing: isFailing(findings), unreached };
  });
}

function factsOf({ check, rule }: Finding): readonly Fact[] {
  return HOUSE_RULES.filter((each) => each.check === check && each.rule === rule).flatMap(
    ({ needs }) => needs,
  );
}
