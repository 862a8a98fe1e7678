import { readTextFile } from '../../../files/text-file.js';
import { previewRules, type RulesPreview } from '../../../jobs/ledger/preview-rules.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import type { CommandContext } from '../../shell/context.js';
import { dayOption } from '../../shell/day-option.js';
import { printJson, printTable } from '../../shell/output.js';

interface Options {
  readonly from: string;
  readonly to: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<file>').requiredOption('--from <date>').requiredOption('--to <date>');
  },
  async run(context, [file], options) {
    const from = dayOption('--from', options.from)!;
    const to = dayOption('--to', options.to)!;
    const text = await readTextFile(file);
    const found = await inBook(context, (client) => previewRules(client, text, file, { from, to }));
    if (context.json) printJson(context.stdout, found);
    else print(context.stdout, found);
    return undefined;
  },
};

function print(out: CommandContext['stdout'], found: RulesPreview): void {
  const { from, to, postings, changed, accounts, untold } = found;
  out.write(`${from} to ${to}: ${changed.length} of ${postings} postings would have changed\n`);
  if (changed.length > 0) {
    out.write('\n');
    printTable(
      out,
      [
        { key: 'businessDate', title: 'date' },
        { key: 'product', title: 'product' },
        { key: 'org', title: 'org' },
        { key: 'movement', title: 'movement' },
        { key: 'of', title: 'of' },
        { key: 'amount', title: 'amount', align: 'right' },
        { key: 'posted', title: 'posted' },
        { key: 'wouldPost', title: 'would post' },
      ],
      changed,
    );
    out.write('\n');
    printTable(
      out,
      [
        { key: 'account', title: 'account' },
        { key: 'difference', title: 'difference', align: 'right' },
      ],
      accounts,
    );
  }
  for (const { businessDate, movement } of untold) {
    out.write(`${businessDate}: the journal does not tell what ${movement} moved\n`);
  }
}
