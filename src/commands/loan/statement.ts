import { customerStatement } from '../../jobs/loan/customer-statement.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { putReport, requireTableFile } from '../shell/put-report.js';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
  readonly raw?: boolean;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd
      .argument('<loan-no>')
      .option('--from <date>')
      .option('--to <date>')
      .option('--out <file>')
      .option('--raw');
  },
  async run(context, [loanNo], { out, raw, ...days }) {
    const from = dayOption('--from', days.from);
    const to = dayOption('--to', days.to);
    requireTableFile(out);
    await inBook(context, async (client) =>
      putReport(context, await customerStatement(client, { loanNo, from, to }), out, { raw }),
    );
    return undefined;
  },
};
