import { planJsonSchema } from '../../jobs/operations/documents/plan-document.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    printJson(context.stdout, planJsonSchema());
    return undefined;
  },
};
