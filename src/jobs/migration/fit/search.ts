import type { ProductTerms } from '../../../accounting/product/product.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { parseProductDocument, productFromValue } from '../../book/documents/product-document.js';
import { DETAILS, givenBy, PAIRS, type Parameters, SHAPES } from './fit-keys.js';
import type { ObservedLoan } from './observed-loan.js';
import { type Score, scoreTerms } from './score.js';

/** Loans that shapes are told by; details are told by all of the sample. */
const SHAPE_LOANS = 40;
/** Shapes whose details are looked into. */
const SHAPES_KEPT = 4;
/** Rounds of one detail after the other; what has not settled by then does not. */
const ROUNDS_MAX = 6;

/** Parameters that were tried, beside what a product has by default. */
export interface Candidate {
  readonly parameters: Parameters;
  readonly score: Score;
}

export interface Fit {
  readonly best: Candidate;
  /** The best of those that explain fewer loans, or explain them worse. */
  readonly next: readonly Candidate[];
  /** By parameter: other values that reproduce the sample as well as the best. */
  readonly untold: Readonly<Record<string, readonly unknown[]>>;
  readonly tried: number;
}

/**
 * The product parameters that reproduce loans best: shapes in every combination, then the details
 * of the best shapes one after the other until nothing gets better. Of equally good ones the one
 * with the fewest parameters beside the defaults. `currency` gives the minor unit. Throws
 * LoanbookError `nothing_to_fit` where no loan says an instalment, a balance or a schedule.
 */
export function fitParameters(
  loans: readonly ObservedLoan[],
  currency: string,
  signal?: AbortSignal,
): Fit {
  const known = loans.filter(
    ({ installment, balance, rows }) => installment !== null || balance !== null || rows !== null,
  );
  if (known.length === 0) throw nothingToFit(loans.length);
  const search = new Search(known, currency, signal);
  for (const shape of search.bestShapes()) search.improve(shape);
  return search.outcome();
}

class Search {
  readonly #loans: readonly ObservedLoan[];
  readonly #currency: string;
  readonly #signal: AbortSignal | undefined;
  readonly #shapes: Parameters;
  /** By parameters; null: no product may have them. */
  readonly #scores = new Map<string, Candidate | null>();

  constructor(loans: readonly ObservedLoan[], currency: string, signal?: AbortSignal) {
    this.#loans = loans;
    this.#currency = currency;
    this.#signal = signal;
    this.#shapes = { ...SHAPES, ...givenBy(loans) };
  }

  bestShapes(): readonly Parameters[] {
    const step = Math.max(1, Math.floor(this.#loans.length / SHAPE_LOANS));
    const few = this.#loans.filter((_, at) => at % step === 0).slice(0, SHAPE_LOANS);
    const scored: Candidate[] = [];
    for (const parameters of combinations(this.#shapes)) {
      const candidate = this.#score(parameters, few);
      if (candidate !== null) scored.push(candidate);
    }
    scored.sort((a, b) => a.score.error - b.score.error || complexity(a) - complexity(b));
    // What reproduces them equally is the same shape: a day count that nothing counts by, say.
    const distinct = scored.filter(
      ({ score }, at) => at === 0 || score.error !== scored[at - 1]!.score.error,
    );
    return distinct.slice(0, SHAPES_KEPT).map(({ parameters }) => parameters);
  }

  improve(shape: Parameters): void {
    let best = this.#try(shape);
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const before = best;
      for (const [key, values] of Object.entries(DETAILS)) {
        for (const value of values) best = better(best, this.#with(best, { [key]: value }));
      }
      for (const [one, other] of PAIRS) {
        for (const a of DETAILS[one]!) {
          for (const b of DETAILS[other]!) {
            best = better(best, this.#with(best, { [one]: a, [other]: b }));
          }
        }
      }
      if (best === before) return;
    }
  }

  outcome(): Fit {
    const all = [...this.#scores.values()].filter((one) => one !== null).sort(order);
    const best = all[0];
    if (best === undefined) throw nothingToFit(this.#loans.length);
    const isAsGood = ({ score }: Candidate) =>
      score.exact === best.score.exact && score.near === best.score.near;
    const untold: Record<string, unknown[]> = {};
    for (const [key, values] of Object.entries({ ...this.#shapes, ...DETAILS }) as [
      string,
      unknown[],
    ][]) {
      const own = best.parameters[key] ?? values[0];
      for (const value of values) {
        const other = value === own ? null : this.#with(best, { [key]: value });
        if (other !== null && isAsGood(other)) untold[key] = [...(untold[key] ?? []), value];
      }
    }
    const next = all.filter((one) => !isAsGood(one)).slice(0, 3);
    return { best, next, untold, tried: this.#scores.size };
  }

  #with(from: Candidate | null, change: Parameters): Candidate | null {
    return from === null ? null : this.#try({ ...from.parameters, ...change });
  }

  #try(parameters: Parameters): Candidate | null {
    const key = JSON.stringify(Object.entries(beside(parameters)).sort());
    let candidate = this.#scores.get(key);
    if (candidate === undefined) {
      candidate = this.#score(parameters, this.#loans);
      this.#scores.set(key, candidate);
    }
    return candidate;
  }

  #score(parameters: Parameters, loans: readonly ObservedLoan[]): Candidate | null {
    this.#signal?.throwIfAborted();
    const terms = termsOf(parameters, this.#currency);
    if (terms === undefined) return null;
    return { parameters: beside(parameters), score: scoreTerms(terms, loans) };
  }
}

/** Undefined: the parameters contradict each other. */
export function termsOf(parameters: Parameters, currency: string): ProductTerms | undefined {
  try {
    return productFromValue(productOf(parameters, currency), { name: 'fit' }).terms;
  } catch (error) {
    if (error instanceof LoanbookError && error.code === 'invalid_document') return undefined;
    throw error;
  }
}

/** A product document with these parameters. */
export function productOf(parameters: Parameters, currency: string): Record<string, unknown> {
  const document: Record<string, Record<string, unknown>> = {};
  for (const [path, value] of Object.entries(parameters)) {
    const [group = '', key = ''] = path.split('.');
    document[group] = { ...document[group], [key]: value };
  }
  return { code: 'FIT', currency, ...document };
}

const DEFAULTS = parseProductDocument('code: FIT', 'fit').document as unknown as Record<
  string,
  Record<string, unknown>
>;

/** The parameters that are not the defaults of a product. */
function beside(parameters: Parameters): Parameters {
  const entries = Object.entries(parameters).filter(([path, value]) => {
    const [group = '', key = ''] = path.split('.');
    return DEFAULTS[group]?.[key] !== value;
  });
  return Object.fromEntries(entries);
}

function combinations(choices: Parameters): Parameters[] {
  let made: Parameters[] = [{}];
  for (const [key, values] of Object.entries(choices)) {
    made = made.flatMap((one) => (values as unknown[]).map((value) => ({ ...one, [key]: value })));
  }
  return made;
}

function better(one: Candidate | null, other: Candidate | null): Candidate | null {
  if (one === null || other === null) return one ?? other;
  return order(other, one) < 0 ? other : one;
}

/**
 * Loans met, then figures nearly met; of equals the simpler, for what has been prepaid or changed
 * after issue is near to none for a reason.
 */
function order(a: Candidate, b: Candidate): number {
  const met = b.score.exact - a.score.exact || b.score.near - a.score.near;
  const isFound = a.score.exact + a.score.near > 0;
  const simpler = complexity(a) - complexity(b);
  return met || (isFound && simpler) || a.score.error - b.score.error || simpler;
}

function complexity({ parameters }: Candidate): number {
  return Object.keys(parameters).length;
}

function nothingToFit(loans: number): LoanbookError {
  return new LoanbookError('nothing_to_fit', 'No loan says what it is asked to pay.', {
    exitCode: EXIT.failed,
    evidence: { loans },
    next: 'Give the file a column `installment` or `balance`, or the schedules by --schedules.',
  });
}
