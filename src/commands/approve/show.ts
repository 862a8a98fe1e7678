import { recordTable, tableOf } from '../../files/report.js';
import { showApproval } from '../../jobs/approvals/approval.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

export const command: CommandModule<[string], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd.argument('<number>'));
  },
  async run(context, [number], flags) {
    const way = wayOut(context, flags);
    const id = idArgument(ID.approval, number);
    const shown = await inBook(context, (client) => showApproval(client, id));
    const { payload, ...head } = shown;
    const { text = '', ...rest } = payload;
    const asked = Object.entries(rest).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const kinds = { askedAt: 'time', decidedAt: 'time' } as const;
    const record = recordTable('approval', { ...head, ...Object.fromEntries(asked) }, kinds);
    const lines = String(text)
      .split('\n')
      .map((line) => ({ line }));
    const document = tableOf('document', { line: 'text' }, text === '' ? [] : lines, {
      screen: { isOptional: true },
    });
    await putReport(context, { head: {}, tables: [record, document] }, way, { document: shown });
    return undefined;
  },
};
