import { EXIT } from '../../errors.js';
import type { Report } from '../../files/report.js';
import type { TableColumn } from '../../files/table.js';
import { CHECK_SETTINGS } from '../../jobs/eod/run/finish-day.js';
import { type ClearingProof, proveClearing } from '../../jobs/reconcile/clearing/clearing.js';
import { CLEARING_CAUSES } from '../../jobs/reconcile/clearing/clearing-behind.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

export const command: CommandModule<[], ReportFlags & { asOf?: string }> = {
  configure(cmd) {
    configureReport(cmd.option('--as-of <date>'));
  },
  async run(context, _args, { asOf, ...flags }) {
    const date = dayOption('--as-of', asOf);
    const way = wayOut(context, flags);
    const session = { settings: CHECK_SETTINGS };
    const proof = await inBook(context, (client) => proveClearing(client, date), session);
    await putReport(context, reportOf(proof), way, { document: proof });
    return proof.ok ? EXIT.done : EXIT.difference;
  },
};

const text = (key: string, title: string): TableColumn => ({ key, title, kind: 'text' });
const amount = (key: string, title: string): TableColumn => ({ key, title, kind: 'amount' });

const ACCOUNTS: readonly TableColumn[] = [
  text('account', '科目号'),
  text('nameZh', '科目'),
  text('channel', '渠道'),
  amount('balance', '账面余额'),
  amount('statements', '未到账对账单'),
  amount('events', '未对账业务'),
  amount('breaks', '未处理差异'),
  amount('expected', '应有余额'),
  amount('difference', '差额'),
];

const BEHIND: readonly TableColumn[] = [
  text('account', '科目号'),
  text('code', '渠道'),
  text('whatZh', '原因'),
  text('orderNo', '订单号'),
  text('loanNo', '借据号'),
  { key: 'day', title: '日期', kind: 'date' },
  amount('amount', '金额'),
];

function reportOf({ businessDate, currency, accounts, overlaps, ok }: ClearingProof): Report {
  const rows = accounts.map(({ behind: _, channels, ...account }) => ({
    ...account,
    channel: channels.join(', '),
  }));
  const behind = accounts.flatMap(({ account, behind: items }) =>
    items.map((item) => ({ account, ...item, whatZh: CLEARING_CAUSES[item.what] })),
  );
  const proven = { name: 'accounts', title: '在途余额核对', columns: ACCOUNTS, rows };
  const screen = { isOptional: true };
  const standing = { name: 'behind', title: '差额明细', columns: BEHIND, rows: behind, screen };
  return {
    head: { businessDate, currency, overlaps: overlaps.join('; ') || null, ok: String(ok) },
    tables: [proven, standing],
  };
}
