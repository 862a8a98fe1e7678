import { readTextFile } from '../../files/text-file.js';
import { applyImpairment } from '../../jobs/impairment/impairment-parameters.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

export const command: CommandModule<[string], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<file>').option('--by <name>');
  },
  async run(context, [file], { by }) {
    const text = await readTextFile(file);
    const actor = { by, act: 'impairment', isNamed: false } as const;
    const applied = await actInBook(context, actor, (client) =>
      applyImpairment(client, text, file),
    );
    printOutcome(context, { ...applied });
    noteDoneBefore(context, applied.outcome);
    return undefined;
  },
};
