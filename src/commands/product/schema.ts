import { productJsonSchema } from '../jobs/book/documents/product-json-schema.js';
import type { CommandModule } from './command-module.js';
import { printJson } from './output.js';

export const command: CommandModule = {
  async run(context) {
    printJson(context.stdout, productJsonSchema());
    return undefined;
  },
};
