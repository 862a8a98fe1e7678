import { customerStatement } from '../../jobs/loan/customer-statement.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Options extends ReportFlags {
  readonly from?: string;
  readonly to?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    configureReport(cmd.argument('<loan-no>').option('--from <date>').option('--to <date>'));
  },
  async run(context, [loanNo], options) {
    const from = dayOption('--from', options.from);
    const to = dayOption('--to', options.to);
    const keys = keySourceOf(context);
    const way = wayOut(context, options);
    await inBook(context, async (client) =>
      putReport(context, await customerStatement(client, { loanNo, from, to, keys }), way),
    );
    return undefined;
  },
};
