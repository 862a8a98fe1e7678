import { loanMap } from '../../jobs/migration/map/loan-map.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const IMPORT_MAX = 2_147_483_647;

export const command: CommandModule<[], ReportFlags & { readonly import?: string }> = {
  configure(cmd) {
    configureReport(cmd.option('--import <number>'));
  },
  async run(context, _args, flags) {
    const importId = countOption('--import', flags.import, 1, IMPORT_MAX);
    const way = wayOut(context, flags);
    const { signal } = context;
    await inBook(context, (client) =>
      putReport(context, loanMap(client, { importId, signal }), way),
    );
    return undefined;
  },
};
