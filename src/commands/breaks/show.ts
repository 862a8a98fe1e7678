import { recordTable, tableOf } from '../../files/report.js';
import { showBreak } from '../../jobs/reconcile/breaks.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const KINDS = {
  since: 'date',
  theirAmount: 'amount',
  ourAmount: 'amount',
  ledgerAmount: 'amount',
  difference: 'amount',
  suspense: 'amount',
  pendingUntil: 'date',
  resolvedOn: 'date',
} as const;

export const command: CommandModule<[string], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd.argument('<break>'));
  },
  async run(context, [text], flags) {
    const way = wayOut(context, flags);
    const shown = await inBook(context, (client) => showBreak(client, idArgument(ID.break, text)));
    const { actions, ...found } = shown;
    const columns = {
      at: 'time',
      action: 'text',
      byWhom: ['text', 'by'],
      checker: 'text',
      note: 'text',
    } as const;
    const done = tableOf('actions', columns, actions, { screen: { isOptional: true } });
    const report = { head: {}, tables: [recordTable('break', found, KINDS), done] };
    await putReport(context, report, way, { document: shown });
    return undefined;
  },
};
