import { readTextFile } from '../../files/text-file.js';
import { type AppliedProduct, applyProduct } from '../../jobs/book/apply-product.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printJson, printTable } from '../shell/output.js';

export const command: CommandModule<[string[]]> = {
  configure(cmd) {
    cmd.argument('<file...>');
  },
  async run(context, [files]) {
    const applied: (AppliedProduct & { file: string })[] = [];
    await inBook(context, async (client) => {
      for (const file of files) {
        applied.push({ file, ...(await applyProduct(client, await readTextFile(file), file)) });
      }
    });
    if (context.json) printJson(context.stdout, { products: applied });
    else {
      printTable(
        context.stdout,
        [
          { key: 'code', title: 'product' },
          { key: 'version', title: 'version', align: 'right' },
          { key: 'effectiveFrom', title: 'effective from' },
          { key: 'outcome', title: 'outcome' },
          { key: 'name', title: 'name' },
        ],
        applied,
      );
    }
    noteDoneBefore(context, ...applied.map(({ outcome }) => outcome));
    return undefined;
  },
};
