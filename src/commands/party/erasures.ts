import { type Columns, tableOf } from '../../files/report.js';
import { type Erasure, listErasures } from '../../jobs/parties/erasure-list.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS: Columns<Erasure> = {
  party: 'text',
  erasedOn: ['date', 'erased on'],
  maker: ['text', 'asked by'],
  checker: ['text', 'granted by'],
  reason: 'text',
};

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const erasures = await inBook(context, listErasures);
    if (erasures.length === 0) context.note('No customer was erased.');
    const table = tableOf('erasures', COLUMNS, erasures, { screen: { isOptional: true } });
    await putReport(context, { head: {}, tables: [table] }, way, { document: { erasures } });
    return undefined;
  },
};
