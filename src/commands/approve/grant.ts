import { showApproval } from '../../jobs/approvals/approval.js';
import { isSamePerson } from '../../jobs/approvals/person-name.js';
import { keepErasures } from '../../jobs/parties/replay-erasures.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { erasuresFileOf, keySourceOf } from '../shell/key-source-of.js';
import { printOutcome } from '../shell/output.js';
import { actingIn } from '../shell/person-option.js';
import { GRANTED_ACTS } from './granted-act.js';

export const command: CommandModule<[string], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<number>').option('--by <name>');
  },
  async run(context, [text], { by: said }) {
    const number = idArgument(ID.approval, text);
    const granted = await inBook(context, async (client) => {
      const asked = await showApproval(client, number);
      const { act, subject, maker } = asked;
      const by = await actingIn(client, { by: said, act: `${act}_check` });
      const frame = { approval: number, act, subject, maker, grantedBy: by };
      if (asked.status === 'granted' && isSamePerson(asked.checker ?? '', by)) {
        return { ...frame, outcome: 'unchanged' };
      }
      const keys = keySourceOf(context);
      const { outcome } = await GRANTED_ACTS[act](client, asked, { number, by }, keys);
      if (act === 'party_erase') await keepErasures(client, erasuresFileOf(context));
      return { ...frame, outcome };
    });
    printOutcome(context, granted);
    noteDoneBefore(context, granted.outcome);
    return undefined;
  },
};
