import { revealParty } from '../../jobs/parties/reveal-party.js';
import type { CommandModule } from '../shell/command-module.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

interface Flags {
  readonly reason: string;
  readonly by?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd.argument('<party>').requiredOption('--reason <text>').option('--by <name>');
  },
  async run(context, [party], { reason, by }) {
    const source = keySourceOf(context);
    const actor = { by, act: 'party_reveal' } as const;
    const { record, reveals } = await actInBook(context, actor, (client) =>
      revealParty(client, { party, reason, source }),
    );
    printOutcome(context, { party, ...record, reveals }, true);
    return undefined;
  },
};
