import { eraseParty } from '../../jobs/parties/erase-party.js';
import type { CommandModule } from '../shell/command-module.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { printOutcome } from '../shell/output.js';
import { actInBook, noteWaiting } from '../shell/person-option.js';
import { configureWait, waitsOf } from '../shell/wait-option.js';

interface Flags {
  readonly reason: string;
  readonly by?: string;
  readonly wait?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd.argument('<party>').requiredOption('--reason <text>').option('--by <name>');
    configureWait(cmd);
  },
  async run(context, [party], { reason, by, ...flags }) {
    const options = { party, reason, keys: keySourceOf(context), waits: waitsOf(context, flags) };
    const actor = { by, act: 'party_erase' } as const;
    const erased = await actInBook(context, actor, (client, person) =>
      eraseParty(client, { ...options, by: person }),
    );
    printOutcome(context, { ...erased });
    noteWaiting(context, erased.approval);
    return undefined;
  },
};
