import { recordTable } from '../../files/report.js';
import { showParty } from '../../jobs/parties/party-view.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

export const command: CommandModule<[string], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd.argument('<party>'));
  },
  async run(context, [party], flags) {
    const way = wayOut(context, flags);
    const keys = keySourceOf(context);
    const view = await inBook(context, (client) => showParty(client, party, keys));
    const table = recordTable('party', view, { enteredOn: 'date' }, { inWords: true });
    await putReport(context, { head: {}, tables: [table] }, way, { document: view });
    return undefined;
  },
};
