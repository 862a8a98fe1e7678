import type { Command } from 'commander';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import {
  FIGURES_OF_DAY,
  type FigureAsked,
  type FigureOfDay,
} from '../../jobs/morning/behind-figure.js';
import { countOption } from '../shell/count-option.js';
import { dayOption } from '../shell/day-option.js';

/** The flags that name a figure of the morning page. */
export type FigureFlags = {
  readonly [figure in FigureOfDay]?: string;
} & {
  readonly firstDecided?: string;
  readonly firstDefault?: string;
  readonly moved?: string;
};

export function configureFigures(cmd: Command): Command {
  for (const figure of FIGURES_OF_DAY) cmd.option(`${flagOf(figure)} <date>`);
  return cmd
    .option('--first-decided <days>')
    .option('--first-default <days>')
    .option('--moved <way>');
}

/** A figure whose loans are asked for, and its day; undefined: that of `--as-of`. */
export interface FigureOption {
  readonly asked: FigureAsked;
  readonly day: EpochDay | undefined;
}

/**
 * The figure that is asked for, if any is. Throws LoanbookError `two_figures`, `two_days`, and what
 * days and numbers are refused by (2).
 */
export function figureOption(
  flags: FigureFlags,
  asOf: EpochDay | undefined,
): FigureOption | undefined {
  const found = figuresIn(flags, asOf);
  const [first, second] = found;
  if (second !== undefined) {
    throw new LoanbookError('two_figures', 'A list is of the loans behind one figure.', {
      exitCode: EXIT.usage,
      evidence: { figures: found.map(({ asked: { figure } }) => flagOf(figure)).join(', ') },
      next: 'Leave all of these options away but one.',
    });
  }
  if (first?.day !== undefined && asOf !== undefined && first.day !== asOf) {
    throw new LoanbookError('two_days', 'The figure is one of another day than --as-of.', {
      exitCode: EXIT.usage,
      evidence: { figure: flagOf(first.asked.figure) },
      next: 'Leave --as-of away: the figure says its day.',
    });
  }
  return first;
}

function figuresIn(flags: FigureFlags, asOf: EpochDay | undefined): FigureOption[] {
  const found: FigureOption[] = [];
  for (const figure of FIGURES_OF_DAY) {
    const day = dayOption(flagOf(figure), flags[figure]);
    if (day !== undefined) found.push({ asked: { figure }, day });
  }
  for (const figure of ['firstDecided', 'firstDefault'] as const) {
    const days = countOption(flagOf(figure), flags[figure], 1, 30);
    if (days !== undefined) found.push({ asked: { figure, days }, day: asOf });
  }
  const { moved: way } = flags;
  if (way !== undefined) found.push({ asked: { figure: 'moved', way }, day: asOf });
  return found;
}

/** `lastFree` is `--last-free`. */
function flagOf(figure: string): string {
  return `--${figure.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
