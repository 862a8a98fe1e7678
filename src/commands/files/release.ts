import { releaseQuarantined } from '../../jobs/files/release-quarantine.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { actInBook, noteWaiting } from '../shell/person-option.js';

interface Flags {
  readonly reason: string;
  readonly by?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd.argument('<file>').requiredOption('--reason <text>').option('--by <name>');
  },
  async run(context, [file], { reason, by }) {
    const actor = { by, act: 'file_release' } as const;
    const released = await actInBook(context, actor, (client, person) =>
      releaseQuarantined(client, file, { reason, by: person }),
    );
    printOutcome(context, { ...released });
    noteDoneBefore(context, released.outcome);
    noteWaiting(context, released.approval);
    return undefined;
  },
};
