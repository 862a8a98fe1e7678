import { approveVoucher } from '../../../jobs/period/decide-voucher.js';
import type { CommandModule } from '../../shell/command-module.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { ID, idArgument } from '../../shell/id-argument.js';
import { printOutcome } from '../../shell/output.js';
import { actInBook } from '../../shell/person-option.js';

export const command: CommandModule<[string], { by: string }> = {
  configure(cmd) {
    cmd.argument('<id>').requiredOption('--by <name>');
  },
  async run(context, [text], { by }) {
    const id = idArgument(ID.entry, text);
    const actor = { by, act: 'voucher_check' } as const;
    const decided = await actInBook(context, actor, (client, person) =>
      approveVoucher(client, { id, by: person }),
    );
    printOutcome(context, { ...decided });
    noteDoneBefore(context, decided.outcome);
    return undefined;
  },
};
