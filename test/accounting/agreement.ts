import { simulateLoan } from '../../src/accounting/simulate.js';
import { simulationReader } from '../../src/documents/simulate-document.js';
import { type ModelDocument, modelLoan } from '../model/model.js';
import { randomLoan } from './random-loan.js';

const read = simulationReader({ ledger: null, findProduct: () => undefined });

/** A history on which the fold and the model do not agree. */
export interface Disagreement {
  readonly seed: number;
  readonly difference: string;
}

/**
 * Where the fold and the model first differ on a history; undefined: nowhere.
 * The rules of a rejection and the order of the lines under seq 0 are words, not figures: refs are
 * compared as a set, and so are those lines.
 */
export function differenceOn(document: ModelDocument): string | undefined {
  const model = attempt(() => comparable(modelLoan(document)));
  const fold = attempt(() => comparable(simulateLoan(read(document, 'random'))));
  return firstDifference(model, fold, '');
}

/** The same of the random history of a seed. */
export function disagreementOf(seed: number): Disagreement | undefined {
  const difference = differenceOn(randomLoan(seed));
  return difference === undefined ? undefined : { seed, difference };
}

/** What to read when they disagree: the seed, the first path that differs, and the document. */
export function describeDisagreement({ seed, difference }: Disagreement): string {
  return `seed ${seed}: ${difference}\n${JSON.stringify(randomLoan(seed))}`;
}

/** The disagreements among the seeds from `from` to `to`, both included; a few are enough. */
export function disagreementsAmong(from: number, to: number): string[] {
  const found: string[] = [];
  for (let seed = from; seed <= to && found.length < DISAGREEMENTS_MAX; seed += 1) {
    const disagreement = disagreementOf(seed);
    if (disagreement !== undefined) found.push(describeDisagreement(disagreement));
  }
  return found;
}

const DISAGREEMENTS_MAX = 10;

interface Compared {
  readonly allocations: readonly AllocationRow[];
  readonly rejected: readonly { readonly ref: string }[];
}

interface AllocationRow {
  readonly ref: string;
  readonly seq: number;
  readonly component: string;
}

function comparable(result: Compared): unknown {
  const { allocations, rejected, ...figures } = result;
  return {
    ...figures,
    journal: [],
    allocations: outsideSorted(allocations),
    rejected: rejected.map(({ ref }) => ref).sort(),
  };
}

/** The lines with every run of one ref under seq 0 in the order of the components' names. */
function outsideSorted(lines: readonly AllocationRow[]): AllocationRow[] {
  const sorted: AllocationRow[] = [];
  let from = 0;
  while (from < lines.length) {
    const { ref, seq } = lines[from]!;
    let to = from + 1;
    while (seq === 0 && lines[to]?.seq === 0 && lines[to]?.ref === ref) to += 1;
    const run = lines.slice(from, to);
    sorted.push(...run.sort((a, b) => (a.component < b.component ? -1 : 1)));
    from = to;
  }
  return sorted;
}

/** A document that both refuse is no difference; one that only one refuses is. */
function attempt(body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { thrown: error.message };
  }
}

/** The path and both values where two JSON values first differ, in the order of the first's keys. */
function firstDifference(model: unknown, fold: unknown, path: string): string | undefined {
  if (!isRecord(model) || !isRecord(fold)) {
    if (model === fold) return undefined;
    return `${path}: model ${JSON.stringify(model)}, fold ${JSON.stringify(fold)}`;
  }
  if ('thrown' in model && 'thrown' in fold) return undefined;
  if (Array.isArray(model) && Array.isArray(fold) && model.length !== fold.length) {
    return `${path}.length: model ${model.length}, fold ${fold.length}`;
  }
  for (const key of new Set([...Object.keys(model), ...Object.keys(fold)])) {
    const difference = firstDifference(model[key], fold[key], `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
