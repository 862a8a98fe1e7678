import { generalLedger } from '../../jobs/ledger/general-ledger.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Options extends ReportFlags {
  readonly account?: string;
  readonly from: string;
  readonly to: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd.option('--account <code>').requiredOption('--from <date>').requiredOption('--to <date>');
    configureReport(cmd);
  },
  async run(context, _args, { account, ...options }) {
    const from = dayOption('--from', options.from)!;
    const to = dayOption('--to', options.to)!;
    const way = wayOut(context, options);
    const { signal } = context;
    await inBook(context, async (client) =>
      putReport(context, await generalLedger(client, { account, from, to, signal }), way),
    );
    return undefined;
  },
};
