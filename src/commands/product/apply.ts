import { readTextFile } from '../../files/text-file.js';
import type { Approvable } from '../../jobs/approvals/approval.js';
import { type AppliedProduct, applyProduct } from '../../jobs/book/apply-product.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printJson, printTable } from '../shell/output.js';
import { actInBook, noteWaiting } from '../shell/person-option.js';

export const command: CommandModule<[string[]], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<file...>').option('--by <name>');
  },
  async run(context, [files], { by }) {
    const applied: (Approvable<AppliedProduct> & { file: string })[] = [];
    const actor = { by, act: 'product', isNamed: false } as const;
    await actInBook(context, actor, async (client, person) => {
      for (const file of files) {
        const text = await readTextFile(file);
        applied.push({ file, ...(await applyProduct(client, text, file, { by: person })) });
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
    noteWaiting(context, ...applied.map(({ approval }) => approval));
    return undefined;
  },
};
