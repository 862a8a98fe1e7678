import { showProduct } from '../../jobs/book/product-queries.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { printDocument } from '../shell/print-document.js';

interface Options {
  readonly productVersion?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<code>').option('--product-version <number>');
  },
  async run(context, [code], options) {
    const version = countOption('--product-version', options.productVersion, 1, 999_999_999);
    const product = await inBook(context, (client) => showProduct(client, code, version));
    printDocument(context, product);
    return undefined;
  },
};
