import { listAccounts } from '../../../jobs/ledger/chart.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { printJson, printTable } from '../../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const chart = await inBook(context, listAccounts);
    if (context.json) {
      printJson(context.stdout, chart);
      return undefined;
    }
    printTable(
      context.stdout,
      [
        { key: 'account', title: 'account' },
        { key: 'nameZh', title: '科目' },
        { key: 'name', title: 'name' },
        { key: 'class', title: 'class' },
        { key: 'normalSide', title: 'side' },
        { key: 'subledger', title: 'sub-ledger' },
        { key: 'balance', title: `balance ${chart.asOf ?? ''}`.trim(), align: 'right' },
      ],
      chart.accounts,
    );
    return undefined;
  },
};
