import { formatAmount } from '../../../accounting/money/amount-text.js';
import { tableOf } from '../../../files/report.js';
import { listVouchers } from '../../../jobs/period/manual-voucher.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../../shell/put-report.js';

const COLUMNS = {
  id: 'count',
  voucherNo: ['text', 'voucher'],
  date: 'date',
  debits: 'amount',
  accounts: 'text',
  memo: 'text',
  maker: ['text', 'by'],
  status: 'text',
  decidedBy: ['text', 'decided by'],
  postedOn: ['date', 'posted on'],
  reason: 'text',
} as const;

export const command: CommandModule<[], ReportFlags & { all?: boolean }> = {
  configure(cmd) {
    configureReport(cmd.option('--all'));
  },
  async run(context, _args, { all = false, ...flags }) {
    const way = wayOut(context, flags);
    const found = await inBook(context, (client) => listVouchers(client, all));
    const vouchers = found.vouchers.map((voucher) => ({
      ...voucher,
      debits: formatAmount(voucher.debits, found.minorDigits),
    }));
    const report = { head: {}, tables: [tableOf('vouchers', COLUMNS, vouchers)] };
    await putReport(context, report, way, { document: { vouchers } });
    return undefined;
  },
};
