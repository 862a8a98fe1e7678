import type { EpochDay } from '../../accounting/money/units.js';
import type { MorningFigures } from './morning-figures.js';
import { compareRatios, type Ratio } from './ratio.js';

/** Above so many days a break makes the page red. */
const BREAK_DAYS = 3;
/** Minor units of the currency, which has two digits of them unless a book says otherwise. */
const MINOR_UNITS = 100n;

/** The figures that may have a limit; amounts in units of the currency. */
const LIMITED = {
  loans: ({ loans }) => ({ num: BigInt(loans), den: 1n }),
  outstanding: ({ outstanding }, unit) => ({ num: outstanding, den: unit }),
  disbursed: ({ disbursed }, unit) => ({ num: disbursed.amount, den: unit }),
  repaid: ({ repaid }, unit) => ({ num: repaid, den: unit }),
  due: ({ due }, unit) => ({ num: due, den: unit }),
  entry_rate: ({ entry }) => entry.rate,
  entry_count_rate: ({ entry }) => entry.countRate,
  recovery_rate: ({ recovery }) => recovery.rate,
  fpd1: ({ fpd }) => fpd[0]!.rate,
  fpd7: ({ fpd }) => fpd[1]!.rate,
  fpd30: ({ fpd }) => fpd[2]!.rate,
  fpd1_amount: ({ fpd }) => fpd[0]!.amountRate,
  fpd7_amount: ({ fpd }) => fpd[1]!.amountRate,
  fpd30_amount: ({ fpd }) => fpd[2]!.amountRate,
  overdue_rate: ({ overdueRate }) => overdueRate,
  npl: ({ npl }, unit) => ({ num: npl, den: unit }),
  npl_rate: ({ nplRate }) => nplRate,
  coverage: ({ coverage }) => coverage,
  provision_ratio: ({ provisionRatio }) => provisionRatio,
} as const satisfies Readonly<Record<string, (figures: MorningFigures, unit: bigint) => Ratio>>;

export type LimitedFigure = keyof typeof LIMITED;
export const LIMITED_FIGURES = Object.keys(LIMITED) as LimitedFigure[];

export interface Limit {
  readonly figure: LimitedFigure;
  readonly above: Ratio | null;
  readonly below: Ratio | null;
}

/** What the night left behind. */
export interface NightLeft {
  readonly isSealed: boolean;
  readonly failedSteps: readonly string[];
  readonly failedChecks: readonly string[];
  readonly held: number;
  /** When breaks that are open were opened. */
  readonly breaks: readonly EpochDay[];
  readonly missingFiles: readonly string[];
}

/**
 * What makes the page red, in its order. A limit that is just reached is not passed, nor is any of
 * a day without figures. `unit`: minor units in one of the currency.
 */
export function redList(
  day: EpochDay,
  left: NightLeft,
  figures: MorningFigures | undefined,
  limits: readonly Limit[],
  unit = MINOR_UNITS,
): string[] {
  const passed = limits.filter(({ figure, above, below }) => {
    if (figures === undefined) return false;
    const ratio = LIMITED[figure](figures, unit);
    const isAbove = above !== null && (compareRatios(ratio, above) ?? 0) > 0;
    return isAbove || (below !== null && (compareRatios(ratio, below) ?? 0) < 0);
  });
  return [
    ...(left.isSealed ? [] : ['not_sealed']),
    ...left.failedSteps.map((step) => `step:${step}`),
    ...left.failedChecks.map((check) => `check:${check}`),
    ...(left.held > 0 ? ['held'] : []),
    ...(left.breaks.some((opened) => day - opened > BREAK_DAYS) ? ['break_age'] : []),
    ...left.missingFiles.map((file) => `file:${file}`),
    ...passed.map(({ figure }) => `limit:${figure}`),
  ];
}
