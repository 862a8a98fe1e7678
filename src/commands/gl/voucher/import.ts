import { formatAmount } from '../../../accounting/money/amount-text.js';
import { EXIT } from '../../../errors.js';
import { importVouchers } from '../../../jobs/period/manual-voucher.js';
import type { CommandModule } from '../../shell/command-module.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { printJson, printOutcome, printTable } from '../../shell/output.js';
import { actInBook } from '../../shell/person-option.js';
import { configureSender, type SenderFlags, senderSays } from '../../shell/sender-options.js';

export const command: CommandModule<[string], SenderFlags & { by: string }> = {
  configure(cmd) {
    cmd.argument('<file>').requiredOption('--by <name>');
    configureSender(cmd);
  },
  async run(context, [file], { by, ...flags }) {
    const { signal } = context;
    const says = senderSays(flags);
    const actor = { by, act: 'voucher' } as const;
    const taken = await actInBook(context, actor, (client, person) =>
      importVouchers(client, { file, by: person, says, signal }),
    );
    const { problems, minorDigits, debits, ...counts } = taken;
    const record = { ...counts, debits: formatAmount(debits, minorDigits) };
    if (context.json) printJson(context.stdout, { ...record, problems });
    else if (problems.length === 0) printOutcome(context, record);
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
