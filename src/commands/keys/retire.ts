import { retireKey } from '../../jobs/parties/retire-key.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

export const command: CommandModule<[string], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<version>').option('--by <name>');
  },
  async run(context, [text], { by }) {
    const version = idArgument(ID.key, text);
    const actor = { by, act: 'keys' } as const;
    const retired = await actInBook(context, actor, (client, person) =>
      retireKey(client, { version, by: person }),
    );
    printOutcome(context, { ...retired });
    noteDoneBefore(context, retired.outcome);
    if (retired.outcome === 'retired') {
      context.note('A backup of before the rotation needs it: keep it as long as that is kept.');
    }
    return undefined;
  },
};
