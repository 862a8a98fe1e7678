import { subledger } from '../../jobs/ledger/subledger.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Options extends ReportFlags {
  readonly account?: string;
  readonly asOf?: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    configureReport(cmd.option('--account <code>').option('--as-of <date>'));
  },
  async run(context, _args, { account, ...options }) {
    const asOf = dayOption('--as-of', options.asOf);
    const way = wayOut(context, options);
    const { signal } = context;
    await inBook(context, async (client) =>
      putReport(context, await subledger(client, { account, asOf, signal }), way),
    );
    return undefined;
  },
};
