import { listLoans } from '../../jobs/loan/list-loans.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Options extends ReportFlags {
  readonly product?: string;
  readonly org?: string;
  readonly fundingPlan?: string;
  readonly class?: string;
  readonly bucket?: string;
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
      .option('--class <class>')
      .option('--bucket <bucket>')
      .option('--due-within <days>')
      .option('--text <text>')
      .option('--as-of <date>');
    configureReport(cmd);
  },
  async run(context, _args, { class: classification, format, out, raw, ...options }) {
    const filter = {
      ...options,
      classification,
      dueWithin: countOption('--due-within', options.dueWithin, 1, DAYS_MAX),
      asOf: dayOption('--as-of', options.asOf),
      signal: context.signal,
    };
    const way = wayOut(context, { format, out, raw });
    await inBook(context, async (client) =>
      putReport(context, await listLoans(client, filter), way),
    );
    return undefined;
  },
};
