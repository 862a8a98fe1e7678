import { formatAmount } from '../../../accounting/money/amount-text.js';
import { tableOf } from '../../../files/report.js';
import { listAssignments } from '../../../jobs/funding/assign/list-assignments.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../../shell/put-report.js';

const COLUMNS = {
  code: ['text', 'list'],
  version: 'count',
  kind: 'text',
  day: 'date',
  plan: 'text',
  buyer: 'text',
  loans: 'count',
  stillThere: ['count', 'still there'],
  sold: 'amount',
  price: 'amount',
  assignedBy: ['text', 'by'],
  checker: 'text',
} as const;

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const { minorDigits, assignments } = await inBook(context, listAssignments);
    const text = (fen: number) => formatAmount(fen, minorDigits);
    const rows = assignments.map(({ sold, price, ...row }) => ({
      ...{ ...row, sold: text(sold), price: text(price) },
    }));
    const report = { head: {}, tables: [tableOf('assignments', COLUMNS, rows)] };
    await putReport(context, report, way, { document: { assignments: rows } });
    return undefined;
  },
};
