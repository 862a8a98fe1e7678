import { formatAmount } from '../accounting/amount-text.js';
import { EXIT } from '../errors.js';
import { importVouchers } from '../jobs/period/manual-voucher.js';
import { inBook } from './book-session.js';
import type { CommandModule } from './command-module.js';
import { noteDoneBefore } from './done-before.js';
import { printJson, printRecord, printTable } from './output.js';

export const command: CommandModule<[string], { by: string }> = {
  configure(cmd) {
    cmd.argument('<file>').requiredOption('--by <name>');
  },
  async run(context, [file], { by }) {
    const { signal } = context;
    const taken = await inBook(context, (client) => importVouchers(client, { file, by, signal }));
    const { problems, minorDigits, debits, ...counts } = taken;
    const record = { ...counts, debits: formatAmount(debits, minorDigits) };
    if (context.json) printJson(context.stdout, { ...record, problems });
    else if (problems.length === 0) printRecord(context.stdout, record);
    else {
      printTable(
        context.stdout,
        [
          { key: 'line', title: 'line', align: 'right' },
          { key: 'field', title: 'field' },
          { key: 'rule', title: 'rule' },
          { key: 'value', title: 'value' },
        ],
        problems,
      );
      context.note('Nothing was taken: put the file right and bring all of it again.');
    }
    noteDoneBefore(context, counts.outcome);
    return problems.length === 0 ? EXIT.done : EXIT.tooManyRejects;
  },
};
