import { generalLedger } from '../../jobs/ledger/general-ledger.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { putReport, requireTableFile } from '../shell/put-report.js';

interface Options {
  readonly account?: string;
  readonly from: string;
  readonly to: string;
  readonly out?: string;
  readonly raw?: boolean;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd
      .option('--account <code>')
      .requiredOption('--from <date>')
      .requiredOption('--to <date>')
      .option('--out <file>')
      .option('--raw');
  },
  async run(context, _args, { account, out, raw, ...days }) {
    const from = dayOption('--from', days.from)!;
    const to = dayOption('--to', days.to)!;
    requireTableFile(out);
    const { signal } = context;
    await inBook(context, async (client) =>
      putReport(context, await generalLedger(client, { account, from, to, signal }), out, { raw }),
    );
    return undefined;
  },
};
