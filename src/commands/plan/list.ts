import { tableOf } from '../../files/report.js';
import { listPlans } from '../../jobs/plan/plans.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS = {
  plan: 'text',
  version: 'count',
  jobs: 'count',
  firstDate: ['date', 'first date'],
  at: 'text',
  timeZone: ['text', 'time zone'],
  appliedAt: ['time', 'applied'],
  appliedBy: ['text', 'by'],
} as const;

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const plans = await inBook(context, listPlans);
    const report = { head: {}, tables: [tableOf('plans', COLUMNS, plans)] };
    await putReport(context, report, way, { document: { plans } });
    return undefined;
  },
};
