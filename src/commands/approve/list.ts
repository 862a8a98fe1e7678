import { APPROVED_ACTS, listApprovals } from '../../jobs/approvals/approval.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson, printTable } from '../shell/output.js';

export const command: CommandModule<[], { all?: boolean }> = {
  configure(cmd) {
    cmd.option('--all');
  },
  async run(context, _args, { all = false }) {
    const approvals = await inBook(context, (client) => listApprovals(client, all));
    if (context.json) {
      printJson(context.stdout, { approvals });
      return undefined;
    }
    printTable(
      context.stdout,
      [
        { key: 'number', title: 'number', align: 'right' },
        { key: 'act', title: 'act' },
        { key: 'actZh', title: '事项' },
        { key: 'subject', title: 'subject' },
        { key: 'maker', title: 'asked by' },
        { key: 'askedAt', title: 'asked at' },
        { key: 'status', title: 'status' },
        { key: 'checker', title: 'decided by' },
        { key: 'decidedAt', title: 'decided at' },
        { key: 'reason', title: 'reason' },
      ],
      approvals.map((approval) => ({ ...approval, actZh: APPROVED_ACTS[approval.act] })),
    );
    return undefined;
  },
};
