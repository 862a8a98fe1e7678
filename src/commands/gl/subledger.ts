import { subledger } from '../../jobs/ledger/subledger.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { putReport, requireTableFile } from '../shell/put-report.js';

interface Options {
  readonly account?: string;
  readonly asOf?: string;
  readonly out?: string;
  readonly raw?: boolean;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd.option('--account <code>').option('--as-of <date>').option('--out <file>').option('--raw');
  },
  async run(context, _args, { account, out, raw, ...days }) {
    const asOf = dayOption('--as-of', days.asOf);
    requireTableFile(out);
    const { signal } = context;
    await inBook(context, async (client) =>
      putReport(context, await subledger(client, { account, asOf, signal }), out, { raw }),
    );
    return undefined;
  },
};
