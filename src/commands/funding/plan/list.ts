import { tableOf } from '../../../files/report.js';
import { listFundingPlans } from '../../../jobs/funding/funding-plans.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../../shell/put-report.js';

const COLUMNS = {
  code: ['text', 'plan'],
  version: 'count',
  effectiveFrom: ['date', 'effective from'],
  parties: 'text',
  loans: 'count',
} as const;

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const plans = await inBook(context, listFundingPlans);
    const report = { head: {}, tables: [tableOf('plans', COLUMNS, plans)] };
    await putReport(context, report, way, { document: { plans } });
    return undefined;
  },
};
