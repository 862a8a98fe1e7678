import { type Columns, tableOf } from '../../files/report.js';
import { type KeyLine, listKeys } from '../../jobs/parties/book-keys.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS: Columns<KeyLine> = {
  key: 'text',
  suite: 'text',
  use: 'text',
  parties: 'count',
  madeAt: ['time', 'made at'],
  madeBy: ['text', 'made by'],
  retiredAt: ['time', 'retired at'],
};

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const keys = await inBook(context, listKeys);
    if (keys.length === 0) context.note('The book has no master keys: `loanbook keys init`.');
    const table = tableOf('keys', COLUMNS, keys, { screen: { isOptional: true } });
    await putReport(context, { head: {}, tables: [table] }, way, { document: { keys } });
    return undefined;
  },
};
