import { EXIT } from '../../errors.js';
import { reconcileReport } from '../../jobs/reconcile/report.js';
import { requireReportFile, writeReport } from '../../jobs/reconcile/write-report.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';

export const command: CommandModule<[], { out: string; raw?: boolean }> = {
  configure(cmd) {
    cmd.requiredOption('--out <file>').option('--raw');
  },
  async run(context, _args, { out, raw }) {
    requireReportFile(out);
    const report = await inBook(context, reconcileReport);
    await writeReport(report, out, { raw });
    const { businessDate, statements, breaks } = report;
    printOutcome(context, {
      file: out,
      businessDate,
      statements: statements.length,
      open: breaks.length,
    });
    return breaks.length > 0 ? EXIT.difference : EXIT.done;
  },
};
