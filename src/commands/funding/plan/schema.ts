import { fundingPlanJsonSchema } from '../../../jobs/book/documents/funding-plan.js';
import type { CommandModule } from '../../shell/command-module.js';
import { printJson } from '../../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    printJson(context.stdout, fundingPlanJsonSchema());
    return undefined;
  },
};
