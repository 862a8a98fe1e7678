import { type ImportLine, listImports } from '../../jobs/import/list-imports.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { limitOption } from '../shell/count-option.js';
import { type Column, printJson, printTable } from '../shell/output.js';

export const command: CommandModule<[], { limit?: string }> = {
  configure(cmd) {
    cmd.option('--limit <n>');
  },
  async run(context, _args, options) {
    const limit = limitOption(options.limit);
    const imports = await inBook(context, (client) => listImports(client, limit));
    if (context.json) printJson(context.stdout, { imports });
    else if (imports.length === 0) context.note('nothing was imported yet');
    else printTable(context.stdout, COLUMNS, imports);
    return undefined;
  },
};

const COLUMNS: readonly Column<ImportLine>[] = [
  { key: 'importId', title: 'import', align: 'right' },
  { key: 'kind', title: 'kind' },
  { key: 'name', title: 'file' },
  { key: 'rowsTaken', title: 'rows', align: 'right' },
  { key: 'rowsRejected', title: 'rejected', align: 'right' },
  { key: 'amount', title: 'amount', align: 'right' },
  { key: 'importedAt', title: 'imported' },
  { key: 'cancelledAt', title: 'cancelled' },
  { key: 'cancelReason', title: 'reason' },
];
