import { loadBook } from '../../jobs/book/load-book.js';
import { sealedRange } from '../../jobs/day/sealed-range.js';
import { type LoanFilter, listLoans } from '../../jobs/loan/list-loans.js';
import { loansBehind } from '../../jobs/morning/behind-figure.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { countOption } from '../shell/count-option.js';
import { dayOption } from '../shell/day-option.js';
import { inBookByDays } from '../shell/day-sessions.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';
import {
  configureFigures,
  type FigureFlags,
  type FigureOption,
  figureOption,
} from './figure-options.js';

interface Options extends ReportFlags, FigureFlags {
  readonly product?: string;
  readonly org?: string;
  readonly fundingPlan?: string;
  readonly class?: string;
  readonly bucket?: string;
  readonly onBook?: boolean;
  readonly overdue?: boolean;
  readonly held?: boolean;
  readonly dueWithin?: string;
  readonly text?: string;
  readonly asOf?: string;
}

/** Longer than any term. */
const DAYS_MAX = 36_500;

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd
      .option('--product <code>')
      .option('--org <org>')
      .option('--funding-plan <plan>')
      .option('--class <classes>')
      .option('--bucket <bucket>')
      .option('--on-book')
      .option('--overdue')
      .option('--held')
      .option('--due-within <days>')
      .option('--text <text>')
      .option('--as-of <date>');
    configureFigures(cmd);
    configureReport(cmd);
  },
  async run(context, _args, options) {
    const { product, org, fundingPlan, bucket, onBook, overdue, held, text } = options;
    const asOf = dayOption('--as-of', options.asOf);
    const figure = figureOption(options, asOf);
    const filter: LoanFilter = {
      ...{ product, org, fundingPlan, bucket, onBook, overdue, held, text },
      classification: options.class,
      dueWithin: countOption('--due-within', options.dueWithin, 1, DAYS_MAX),
      asOf: figure?.day ?? asOf,
      signal: context.signal,
    };
    const way = wayOut(context, options);
    const behind = figure === undefined ? undefined : await behindOf(context, figure);
    await inBook(context, async (client) =>
      putReport(context, await listLoans(client, { ...filter, ...behind }), way),
    );
    return undefined;
  },
};

/** The loans behind a figure, and its day, read by as many sessions as there are cores. */
function behindOf(
  context: CommandContext,
  { asked, day }: FigureOption,
): Promise<Pick<LoanFilter, 'asOf' | 'behind'>> {
  return inBookByDays(context, 'loanbook loan list', async (client, helpers) => {
    const { to } = await sealedRange(client, { to: day });
    const book = await loadBook(client);
    return { asOf: to, behind: await loansBehind([client, ...helpers], book, to, asked) };
  });
}
