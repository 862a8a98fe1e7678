import { recordTable } from '../../files/report.js';
import { oneFile } from '../../jobs/files/find-file.js';
import { FILE_STATES, showFile } from '../../jobs/files/list-files.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

/** Of several with one name, the one that lies in the inbox. */
const HERE = FILE_STATES.filter((state) => !['gone', 'taken', 'done', 'rejected'].includes(state));

export const command: CommandModule<[string], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd.argument('<file>'));
  },
  async run(context, [file], flags) {
    const way = wayOut(context, flags);
    const found = await inBook(context, async (client) =>
      showFile(client, (await oneFile(client, file, HERE)).id),
    );
    const report = { head: {}, tables: [recordTable('file', found)] };
    await putReport(context, report, way, { document: found });
    return undefined;
  },
};
