import { refuseApproval, showApproval } from '../../jobs/approvals/approval.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { printOutcome } from '../shell/output.js';
import { actingIn } from '../shell/person-option.js';
import { refuseVoucher } from './granted-act.js';

export const command: CommandModule<[string], { reason: string; by?: string }> = {
  configure(cmd) {
    cmd.argument('<number>').requiredOption('--reason <text>').option('--by <name>');
  },
  async run(context, [text], { reason, by: said }) {
    const number = idArgument(ID.approval, text);
    const refused = await inBook(context, async (client) => {
      const asked = await showApproval(client, number);
      const { act, subject, maker } = asked;
      const by = await actingIn(client, { by: said, act: `${act}_check` });
      if (act === 'voucher') await refuseVoucher(client, asked, { by, reason });
      else await refuseApproval(client, { number, by, reason });
      return { approval: number, act, subject, maker, refusedBy: by, outcome: 'refused' };
    });
    printOutcome(context, refused);
    return undefined;
  },
};
