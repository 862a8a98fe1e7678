import { formatAmount } from '../../../accounting/money/amount-text.js';
import { listVouchers } from '../../../jobs/period/manual-voucher.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { printJson, printTable } from '../../shell/output.js';

export const command: CommandModule<[], { all?: boolean }> = {
  configure(cmd) {
    cmd.option('--all');
  },
  async run(context, _args, { all = false }) {
    const found = await inBook(context, (client) => listVouchers(client, all));
    const vouchers = found.vouchers.map((voucher) => ({
      ...voucher,
      debits: formatAmount(voucher.debits, found.minorDigits),
    }));
    if (context.json) {
      printJson(context.stdout, { vouchers });
      return undefined;
    }
    printTable(
      context.stdout,
      [
        { key: 'id', title: 'id', align: 'right' },
        { key: 'voucherNo', title: 'voucher' },
        { key: 'date', title: 'date' },
        { key: 'debits', title: 'debits', align: 'right' },
        { key: 'accounts', title: 'accounts' },
        { key: 'memo', title: 'memo' },
        { key: 'maker', title: 'by' },
        { key: 'status', title: 'status' },
        { key: 'decidedBy', title: 'decided by' },
        { key: 'postedOn', title: 'posted on' },
        { key: 'reason', title: 'reason' },
      ],
      vouchers,
    );
    return undefined;
  },
};
