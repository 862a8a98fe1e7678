import { readTextFile } from '../../../files/text-file.js';
import { applyFundingPlan } from '../../../jobs/funding/funding-plans.js';
import type { CommandModule } from '../../shell/command-module.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { printOutcome } from '../../shell/output.js';
import { actInBook } from '../../shell/person-option.js';

interface Options {
  readonly dryRun?: boolean;
  readonly by?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<file>').option('--dry-run').option('--by <name>');
  },
  async run(context, [file], { dryRun = false, by }) {
    const text = await readTextFile(file);
    const actor = { by, act: 'product', isNamed: false } as const;
    const applied = await actInBook(context, actor, (client) =>
      applyFundingPlan(client, text, file, dryRun),
    );
    printOutcome(context, { ...applied });
    noteDoneBefore(context, applied.outcome);
    return undefined;
  },
};
