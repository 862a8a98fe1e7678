import { requireLogins, setLogins } from '../../jobs/approvals/persons.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { requireLoginsFor } from '../shell/logins-option.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

export const command: CommandModule<[string], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<kind>').option('--by <name>');
  },
  async run(context, [kind], { by }) {
    const logins = requireLogins(kind);
    requireLoginsFor(logins, context.env);
    const actor = { by, act: 'logins' } as const;
    const outcome = await actInBook(context, actor, (client, person) =>
      setLogins(client, { logins, by: person }),
    );
    printOutcome(context, { logins, outcome });
    noteDoneBefore(context, outcome);
    return undefined;
  },
};
