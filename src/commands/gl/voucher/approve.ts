import { approveVoucher } from '../../../jobs/period/decide-voucher.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { ID, idArgument } from '../../shell/id-argument.js';
import { printOutcome } from '../../shell/output.js';
import { personOption } from '../../shell/person-option.js';

export const command: CommandModule<[string], { by: string }> = {
  configure(cmd) {
    cmd.argument('<id>').requiredOption('--by <name>');
  },
  async run(context, [text], { by }) {
    const id = idArgument(ID.entry, text);
    const decided = await inBook(context, (client) =>
      approveVoucher(client, { id, by: personOption(by) }),
    );
    printOutcome(context, { ...decided });
    noteDoneBefore(context, decided.outcome);
    return undefined;
  },
};
