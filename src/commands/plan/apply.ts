import { readTextFile } from '../../files/text-file.js';
import { applyPlan } from '../../jobs/plan/plans.js';
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
    const actor = { by, act: 'plan', isNamed: false } as const;
    const applied = await actInBook(context, actor, (client, person) =>
      applyPlan(client, text, file, person),
    );
    printOutcome(context, { ...applied });
    noteDoneBefore(context, applied.outcome);
    return undefined;
  },
};
