import { EXIT, LoanbookError } from '../../errors.js';
import { showProduct } from '../../jobs/book/product-queries.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printDocument } from '../shell/print-document.js';

interface Options {
  readonly productVersion?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<code>').option('--product-version <number>');
  },
  async run(context, [code], options) {
    const version = versionOption(options.productVersion);
    const product = await inBook(context, (client) => showProduct(client, code, version));
    printDocument(context, product);
    return undefined;
  },
};

function versionOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new LoanbookError('malformed_number', '--product-version is not a version', {
    exitCode: EXIT.usage,
    evidence: { option: '--product-version', value: text },
    next: 'Give a whole number from 1, as `loanbook product list` shows it.',
  });
}
