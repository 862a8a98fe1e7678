import { keepErasures, replayErasures } from '../../jobs/parties/replay-erasures.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { erasuresFileOf, keySourceOf } from '../shell/key-source-of.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { configureWait, waitsOf } from '../shell/wait-option.js';

interface Flags {
  readonly by?: string;
  readonly wait?: string;
}

export const command: CommandModule<[string | undefined], Flags> = {
  configure(cmd) {
    cmd.argument('[file]').option('--by <name>');
    configureWait(cmd);
  },
  async run(context, [named], { by, ...flags }) {
    const kept = erasuresFileOf(context);
    const file = named ?? kept;
    const options = { file, keys: keySourceOf(context), waits: waitsOf(context, flags) };
    const actor = { by, act: 'erasures_replay' } as const;
    const replayed = await actInBook(context, actor, async (client, person) => {
      const done = await replayErasures(client, { ...options, by: person });
      await keepErasures(client, kept);
      return done;
    });
    printOutcome(context, { ...replayed });
    noteDoneBefore(context, replayed.outcome);
    return undefined;
  },
};
