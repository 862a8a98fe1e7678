import { tableOf } from '../../../files/report.js';
import { listAccounts } from '../../../jobs/ledger/chart.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../../shell/put-report.js';

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const chart = await inBook(context, listAccounts);
    const columns = {
      account: 'text',
      nameZh: ['text', '科目'],
      name: 'text',
      class: 'text',
      normalSide: ['text', 'side'],
      subledger: ['text', 'sub-ledger'],
      balance: ['amount', `balance ${chart.asOf ?? ''}`.trim()],
    } as const;
    const tables = [tableOf('accounts', columns, chart.accounts)];
    const report = { head: { asOf: chart.asOf }, headline: '', tables };
    await putReport(context, report, way, { document: chart });
    return undefined;
  },
};
