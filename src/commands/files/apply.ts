import { readTextFile } from '../../files/text-file.js';
import { applyFiles } from '../../jobs/files/files-in-force.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { actInBook, machineLogin } from '../shell/person-option.js';

export const command: CommandModule<[string], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<file>').option('--by <name>');
  },
  async run(context, [file], { by }) {
    const text = await readTextFile(file);
    const actor = { by, act: 'files', isNamed: false } as const;
    const applied = await actInBook(context, actor, (client, person) =>
      applyFiles(client, text, file, {
        home: context.bookFolder,
        by: person || by || machineLogin(),
      }),
    );
    printOutcome(context, { ...applied });
    noteDoneBefore(context, applied.outcome);
    return undefined;
  },
};
