import { readTextFile } from '../../files/text-file.js';
import { checkPlan } from '../../jobs/plan/plans.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';

export const command: CommandModule<[string]> = {
  configure(cmd) {
    cmd.argument('<file>');
  },
  async run(context, [file]) {
    printOutcome(context, { ...checkPlan(await readTextFile(file), file) });
    return undefined;
  },
};
