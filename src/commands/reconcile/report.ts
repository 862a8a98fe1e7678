import { EXIT } from '../../errors.js';
import { requireRegularTarget } from '../../files/new-file.js';
import { reconcileReport } from '../../jobs/reconcile/report.js';
import { isPage, reportTables, writePage } from '../../jobs/reconcile/write-report.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';
import { sendOut } from '../shell/register/send-out.js';

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const page = flags.format === undefined && isPage(flags.out ?? '') ? flags.out : undefined;
    if (page !== undefined) requireRegularTarget(page);
    const way = page === undefined ? wayOut(context, flags) : undefined;
    const found = await inBook(context, reconcileReport);
    const { businessDate, statements, breaks } = found;
    const head = { businessDate, statements: statements.length, open: breaks.length };
    if (way !== undefined) {
      const report = { head, tables: reportTables(found) };
      await putReport(context, report, way, { document: found });
    } else if (page !== undefined) {
      await sendOut(context, page, (path) => writePage(found, path));
      printOutcome(context, { file: page, ...head });
    }
    return breaks.length > 0 ? EXIT.difference : EXIT.done;
  },
};
