import { formatAmount } from '../../src/accounting/money/amount-text.js';
import { type ModelDocument, modelLoan } from '../model/model.js';
import { cashOf } from './cash-property.js';
import { cashLoan } from './random-cash.js';
import { simulatedHistory } from './random-history.js';
import { randomLoan } from './random-loan.js';

/** Events that two rules may refuse at once: which of them is named is words, not figures. */
const REFUSED_IN_WORDS = new Set(['reversal', 'waiver']);

/**
 * Where the fold and the model first differ on a history; undefined: nowhere. The order of the lines
 * under seq 0 is words too: they are compared as a set.
 */
export function differenceOn(document: ModelDocument): string | undefined {
  const events = document.events ?? [];
  const inWords = events.filter(({ type }) => REFUSED_IN_WORDS.has(type));
  const refs = new Set(inWords.map(({ ref }) => ref));
  const said = ({ ref, rule }: Rejection) => [ref, refs.has(ref) ? rule.split(':').length : rule];
  const comparable = (result: Compared): unknown => ({
    ...result,
    allocations: outsideSorted(result.allocations),
    rejected: result.rejected.map(said),
  });
  const model = attempt(() => {
    const { cash_daily: _, ...result } = modelLoan(document);
    return comparable(result);
  });
  const fold = attempt(() => {
    const { journal, ...result } = simulatedHistory(document, true);
    const inTransit = { cash: formatAmount(cashOf(journal), 2) };
    return comparable({ ...result, ...inTransit });
  });
  return firstDifference(model, fold, '');
}

/** The histories that are compared: of any kind, and those in which money has moved before. */
export type HistoryKind = 'any' | 'cash';

const KINDS = { any: randomLoan, cash: cashLoan };

/** The disagreements among the seeds from `from` to `to`, both included; a few are enough. */
export function disagreementsAmong(kind: HistoryKind, from: number, to: number): string[] {
  const found: string[] = [];
  for (let seed = from; seed <= to && found.length < DISAGREEMENTS_MAX; seed += 1) {
    const document = KINDS[kind](seed);
    const difference = differenceOn(document);
    if (difference === undefined) continue;
    found.push(`${kind} ${seed}: ${difference}\n${JSON.stringify(document)}`);
  }
  return found;
}

const DISAGREEMENTS_MAX = 10;

interface Compared {
  readonly allocations: readonly AllocationRow[];
  readonly rejected: readonly Rejection[];
}

interface Rejection {
  readonly ref: string;
  readonly rule: string;
}

interface AllocationRow {
  readonly ref: string;
  readonly seq: number;
  readonly component: string;
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
