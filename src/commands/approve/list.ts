import { tableOf } from '../../files/report.js';
import { APPROVED_ACTS, listApprovals } from '../../jobs/approvals/approval.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS = {
  number: 'count',
  act: 'text',
  actZh: ['text', '事项'],
  subject: 'text',
  maker: ['text', 'asked by'],
  askedAt: ['time', 'asked at'],
  status: 'text',
  checker: ['text', 'decided by'],
  decidedAt: ['time', 'decided at'],
  reason: 'text',
} as const;

export const command: CommandModule<[], ReportFlags & { all?: boolean }> = {
  configure(cmd) {
    configureReport(cmd.option('--all'));
  },
  async run(context, _args, { all = false, ...flags }) {
    const way = wayOut(context, flags);
    const found = await inBook(context, (client) => listApprovals(client, all));
    const approvals = found.map((one) => ({ ...one, actZh: APPROVED_ACTS[one.act] }));
    const report = { head: {}, tables: [tableOf('approvals', COLUMNS, approvals)] };
    await putReport(context, report, way, { document: { approvals } });
    return undefined;
  },
};
