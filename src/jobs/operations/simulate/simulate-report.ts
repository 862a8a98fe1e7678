import { formatAmount } from '../../../accounting/money/amount-text.js';
import {
  type MorningFigures,
  morningFigures,
} from '../../../operations/figures/morning-figures.js';
import { shownRate } from '../../../operations/figures/ratio.js';
import { redList } from '../../../operations/figures/red-list.js';
import { readReportInput } from '../documents/report-input.js';

/** The figures of a morning, and what makes it red. Throws LoanbookError `invalid_document`. */
export function simulateReport(input: unknown, source = 'report'): object {
  const { day, allowance, loans, left, limits } = readReportInput(input, source);
  const figures = morningFigures(day, loans, allowance);
  return { figures: shownFigures(figures), red: redList(day, left, figures, limits) };
}

function shownFigures(figures: MorningFigures): object {
  const { entry, recovery } = figures;
  return {
    loans: figures.loans,
    outstanding: money(figures.outstanding),
    disbursed: { ...figures.disbursed, amount: money(figures.disbursed.amount) },
    repaid: money(figures.repaid),
    due: money(figures.due),
    entry: {
      due: money(entry.due),
      open: money(entry.open),
      rate: shownRate(entry.rate),
      instalments: entry.instalments,
      count_rate: shownRate(entry.countRate),
    },
    recovery: {
      overdue_before: money(recovery.overdueBefore),
      collected: money(recovery.collected),
      rate: shownRate(recovery.rate),
    },
    fpd: figures.fpd.map(({ days, loans, bad, rate, amountRate }) => ({
      days,
      loans,
      bad,
      rate: shownRate(rate),
      amount_rate: shownRate(amountRate),
    })),
    overdue_rate: shownRate(figures.overdueRate),
    npl: money(figures.npl),
    npl_rate: shownRate(figures.nplRate),
    coverage: shownRate(figures.coverage),
    provision_ratio: shownRate(figures.provisionRatio),
    buckets: figures.buckets.map(({ loans, principal }, at) => ({
      bucket: `M${at}`,
      loans,
      principal: money(principal),
    })),
    moves: figures.moves.map((move) => ({ ...move, principal: money(move.principal) })),
  };
}

function money(fen: bigint): string {
  return formatAmount(fen, 2);
}
