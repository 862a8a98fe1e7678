import { readTextFile } from '../../files/text-file.js';
import { applyPolicy } from '../../jobs/book/apply-dated.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { actInBook, noteWaiting } from '../shell/person-option.js';

export const command: CommandModule<[string], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<file>').option('--by <name>');
  },
  async run(context, [file], { by }) {
    const text = await readTextFile(file);
    const actor = { by, act: 'policy', isNamed: false } as const;
    const applied = await actInBook(context, actor, (client, person) =>
      applyPolicy(client, text, file, { by: person }),
    );
    printOutcome(context, { ...applied });
    noteDoneBefore(context, applied.outcome);
    noteWaiting(context, applied.approval);
    return undefined;
  },
};
