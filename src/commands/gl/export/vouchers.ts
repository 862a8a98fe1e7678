import { exportVouchers } from '../../../jobs/ledger/voucher-export.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { dayOption } from '../../shell/day-option.js';
import { printOutcome } from '../../shell/output.js';
import { sendOut } from '../../shell/register/send-out.js';

interface Options {
  readonly layout: string;
  readonly from: string;
  readonly to: string;
  readonly out: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd
      .requiredOption('--layout <file>')
      .requiredOption('--from <date>')
      .requiredOption('--to <date>')
      .requiredOption('--out <file>');
  },
  async run(context, _args, { layout, out, ...days }) {
    const from = dayOption('--from', days.from)!;
    const to = dayOption('--to', days.to)!;
    const { signal } = context;
    const exported = await sendOut(context, out, (path) =>
      inBook(context, (client) => exportVouchers(client, { layout, from, to, out: path, signal })),
    );
    printOutcome(context, { ...exported, file: out });
    return undefined;
  },
};
