import { extname } from 'node:path';
import { EXIT } from '../../errors.js';
import { htmlPieces } from '../../files/html-report.js';
import { requireOtherFile, requireRegularTarget, writeWhole } from '../../files/new-file.js';
import type { TheirFile } from '../../jobs/migration/source-rows.js';
import { verifyBook } from '../../jobs/migration/verify/verify-book.js';
import { verifyReport } from '../../jobs/migration/verify/verify-report.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Flags extends ReportFlags {
  readonly balances?: string;
  readonly balancesLayout?: string;
  readonly schedules?: string;
  readonly schedulesLayout?: string;
}

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    cmd.option('--balances <file>').option('--balances-layout <layout>');
    cmd.option('--schedules <file>').option('--schedules-layout <layout>');
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const { out, balances, schedules } = flags;
    const inputs = [balances, schedules].filter((file) => file !== undefined);
    const page = out !== undefined && /^\.html?$/i.test(extname(out)) ? out : undefined;
    const { out: _out, ...others } = flags;
    const way = wayOut(context, page === undefined ? flags : others, ...inputs);
    if (page !== undefined) {
      requireRegularTarget(page);
      for (const input of inputs) requireOtherFile(page, input);
    }
    const options = {
      balances: theirFiles(balances, flags.balancesLayout),
      schedules: theirFiles(schedules, flags.schedulesLayout),
      signal: context.signal,
    };
    const verified = await inBook(context, (client) => verifyBook(client, options));
    const report = verifyReport(verified);
    if (page === undefined) await putReport(context, report, way);
    else {
      await writeWhole(page, htmlPieces('迁移核对报告 Migration proof', report));
      printOutcome(context, { ...report.head, file: page });
    }
    return verified.agrees ? undefined : EXIT.difference;
  },
};

function theirFiles(file: string | undefined, layout: string | undefined): readonly TheirFile[] {
  return file === undefined ? [] : [{ file, layout }];
}
