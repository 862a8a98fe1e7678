import {
  merchantStatement,
  reportOfStatement,
} from '../../jobs/funding/merchant/merchant-statement.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface StatementFlags extends ReportFlags {
  readonly from?: string;
  readonly to?: string;
}

export const command: CommandModule<[string], StatementFlags> = {
  configure(cmd) {
    cmd.argument('<merchant>').option('--from <date>').option('--to <date>');
    configureReport(cmd);
  },
  async run(context, [merchant], flags) {
    const from = dayOption('--from', flags.from);
    const to = dayOption('--to', flags.to);
    const way = wayOut(context, flags);
    const said = await inBook(context, (client) =>
      merchantStatement(client, {
        merchant,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      }),
    );
    await putReport(context, reportOfStatement(said), way, { document: said });
    return undefined;
  },
};
