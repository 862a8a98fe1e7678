import { formatAmount } from '../../accounting/money/amount-text.js';
import type { MorningFigures } from '../../operations/figures/morning-figures.js';
import { type Ratio, shownRate } from '../../operations/figures/ratio.js';
import type { KeptDay } from './kept-days.js';
import type { FigureKey } from './words.js';

/** A figure of the page: what it is, and the command that lists what is behind it. */
export interface FigureLine {
  readonly key: FigureKey;
  readonly kind: 'count' | 'amount' | 'rate';
  readonly of: (kept: KeptDay) => number | bigint | Ratio;
  readonly command: (scene: CommandScene) => string;
  /** It is so large on the page that it has a tile, with its thirty days. */
  readonly isTile: boolean;
}

/** What commands are made of. */
export interface CommandScene {
  readonly day: string;
  /** Code of the allowance account; undefined: the ledger has none. */
  readonly allowance: string | undefined;
}

const list = (filter: string) => () => `loanbook loan list ${filter}`;
const ofDay = (filter: string) => (scene: CommandScene) =>
  `loanbook loan list ${filter} ${scene.day}`;
const asOf =
  (filter: string) =>
  ({ day }: CommandScene) =>
    list(`${filter} --as-of ${day}`)();
const BAD = '--class substandard,doubtful,loss --on-book';

function allowanceCommand({ day, allowance }: CommandScene): string {
  if (allowance === undefined) return 'loanbook gl trial-balance';
  return `loanbook gl statement ${allowance} --from ${day} --to ${day}`;
}

function figure(
  key: FigureKey,
  kind: FigureLine['kind'],
  of: (figures: MorningFigures) => number | bigint | Ratio,
  command: FigureLine['command'],
  isTile = true,
): FigureLine {
  return { key, kind, of: ({ figures }) => of(figures), command, isTile };
}

const first = (place: number) => (figures: MorningFigures) => figures.fpd[place]!;

export const FIGURE_LINES: readonly FigureLine[] = [
  figure('loans', 'count', ({ loans }) => loans, asOf('--on-book')),
  figure('outstanding', 'amount', ({ outstanding }) => outstanding, asOf('--on-book')),
  figure('disbursed_loans', 'count', (f) => f.disbursed.loans, ofDay('--disbursed'), false),
  figure('disbursed', 'amount', (f) => f.disbursed.amount, ofDay('--disbursed')),
  figure('repaid', 'amount', ({ repaid }) => repaid, ofDay('--repaid')),
  figure('due', 'amount', ({ due }) => due, ofDay('--due')),
  figure('entry_due', 'amount', ({ entry }) => entry.due, ofDay('--last-free'), false),
  figure('entry_open', 'amount', ({ entry }) => entry.open, ofDay('--entered'), false),
  figure('entry_rate', 'rate', ({ entry }) => entry.rate, ofDay('--entered')),
  figure('entry_count_rate', 'rate', ({ entry }) => entry.countRate, ofDay('--entered')),
  figure('overdue_before', 'amount', (f) => f.recovery.overdueBefore, ofDay('--behind'), false),
  figure('collected', 'amount', (f) => f.recovery.collected, ofDay('--collected'), false),
  figure('recovery_rate', 'rate', ({ recovery }) => recovery.rate, ofDay('--collected')),
  figure('fpd1', 'rate', (f) => first(0)(f).rate, asOf('--first-default 1')),
  figure('fpd7', 'rate', (f) => first(1)(f).rate, asOf('--first-default 7')),
  figure('fpd30', 'rate', (f) => first(2)(f).rate, asOf('--first-default 30')),
  figure('fpd1_amount', 'rate', (f) => first(0)(f).amountRate, asOf('--first-default 1'), false),
  figure('fpd7_amount', 'rate', (f) => first(1)(f).amountRate, asOf('--first-default 7'), false),
  figure('fpd30_amount', 'rate', (f) => first(2)(f).amountRate, asOf('--first-default 30'), false),
  figure('overdue_rate', 'rate', (f) => f.overdueRate, asOf('--overdue --on-book')),
  figure('npl', 'amount', ({ npl }) => npl, asOf(BAD)),
  figure('npl_rate', 'rate', ({ nplRate }) => nplRate, asOf(BAD)),
  {
    key: 'allowance',
    kind: 'amount',
    of: ({ allowance }) => allowance,
    command: allowanceCommand,
    isTile: false,
  },
  figure('coverage', 'rate', ({ coverage }) => coverage, allowanceCommand),
  figure('provision_ratio', 'rate', ({ provisionRatio }) => provisionRatio, allowanceCommand),
];

/** The figure of a day as documents have it; null where there is no day, or no rate. */
export function shownFigure(
  { of }: FigureLine,
  kept: KeptDay | undefined,
  minorDigits: number,
): string | number | null {
  if (kept === undefined) return null;
  const value = of(kept);
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? formatAmount(value, minorDigits) : shownRate(value);
}
