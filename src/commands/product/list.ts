import { listProducts } from '../../jobs/book/product-queries.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson, printTable } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const products = await inBook(context, listProducts);
    if (context.json) printJson(context.stdout, { products });
    else {
      printTable(
        context.stdout,
        [
          { key: 'code', title: 'product' },
          { key: 'version', title: 'version', align: 'right' },
          { key: 'effectiveFrom', title: 'effective from' },
          { key: 'loans', title: 'loans', align: 'right' },
          { key: 'name', title: 'name' },
        ],
        products,
      );
    }
    return undefined;
  },
};
