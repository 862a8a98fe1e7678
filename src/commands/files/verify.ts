import { EXIT } from '../../errors.js';
import { tableOf } from '../../files/report.js';
import { loadFiles } from '../../jobs/files/files-in-force.js';
import { verifyFiles } from '../../jobs/files/verify-files.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS = {
  folder: 'text',
  name: 'text',
  rule: 'text',
  expected: 'text',
  actual: 'text',
} as const;

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const proof = await inBook(context, async (client) =>
      verifyFiles(client, await loadFiles(client, context.bookFolder), context.signal),
    );
    const { differences, ...head } = proof;
    const table = tableOf('differences', COLUMNS, differences, { screen: { isOptional: true } });
    await putReport(context, { head, tables: [table] }, way, { document: proof });
    return differences.length > 0 ? EXIT.difference : EXIT.done;
  },
};
