import { disablePerson } from '../../jobs/approvals/persons.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

export const command: CommandModule<[string], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<name>').option('--by <name>');
  },
  async run(context, [name], { by }) {
    const actor = { by, act: 'person' } as const;
    const outcome = await actInBook(context, actor, (client, person) =>
      disablePerson(client, { name, by: person }),
    );
    printOutcome(context, { name, outcome });
    noteDoneBefore(context, outcome);
    return undefined;
  },
};
