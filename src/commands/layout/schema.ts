import { layoutJsonSchema } from '../../files/layout/layout-json-schema.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    printJson(context.stdout, layoutJsonSchema());
    return undefined;
  },
};
