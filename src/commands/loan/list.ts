import { listLoans } from '../../jobs/loan/list-loans.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { dayOption } from '../shell/day-option.js';
import { putReport, requireTableFile } from '../shell/put-report.js';

interface Options {
  readonly product?: string;
  readonly org?: string;
  readonly fundingPlan?: string;
  readonly class?: string;
  readonly bucket?: string;
  readonly dueWithin?: string;
  readonly text?: string;
  readonly asOf?: string;
  readonly out?: string;
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
      .option('--as-of <date>')
      .option('--out <file>');
  },
  async run(context, _args, { class: classification, out, ...options }) {
    const filter = {
      ...options,
      classification,
      dueWithin: countOption('--due-within', options.dueWithin, 1, DAYS_MAX),
      asOf: dayOption('--as-of', options.asOf),
      signal: context.signal,
    };
    requireTableFile(out);
    await inBook(context, async (client) =>
      putReport(context, await listLoans(client, filter), out),
    );
    return undefined;
  },
};
