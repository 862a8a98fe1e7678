import { type Columns, tableOf } from '../../files/report.js';
import { type ImportLine, listImports } from '../../jobs/import/list-imports.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { limitOption } from '../shell/count-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS: Columns<ImportLine> = {
  importId: ['count', 'import'],
  kind: 'text',
  name: ['text', 'file'],
  rowsTaken: ['count', 'rows'],
  rowsRejected: ['count', 'rejected'],
  rowsReplaced: ['count', 'replaced since'],
  amount: 'amount',
  importedAt: ['time', 'imported'],
  cancelledAt: ['time', 'cancelled'],
  cancelReason: ['text', 'reason'],
};

export const command: CommandModule<[], ReportFlags & { limit?: string }> = {
  configure(cmd) {
    configureReport(cmd.option('--limit <n>'));
  },
  async run(context, _args, options) {
    const limit = limitOption(options.limit);
    const way = wayOut(context, options);
    const imports = await inBook(context, (client) => listImports(client, limit));
    if (imports.length === 0) context.note('nothing was imported yet');
    const table = tableOf('imports', COLUMNS, imports, { screen: { isOptional: true } });
    await putReport(context, { head: {}, tables: [table] }, way, { document: { imports } });
    return undefined;
  },
};
