import { assignmentJsonSchema } from '../../../jobs/funding/documents/assignment-document.js';
import type { CommandModule } from '../../shell/command-module.js';
import { printJson } from '../../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    printJson(context.stdout, assignmentJsonSchema());
    return undefined;
  },
};
