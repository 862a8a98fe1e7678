import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { tableOf } from '../../../files/report.js';
import { periodStates } from '../../../jobs/period/period.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../../shell/put-report.js';

const COLUMNS = {
  period: 'text',
  first: ['date', 'from'],
  last: ['date', 'to'],
  sealedDays: ['count', 'sealed'],
  days: ['count', 'of days'],
  status: 'text',
  by: 'text',
  at: 'time',
  reason: 'text',
  unproven: ['text', 'not proven'],
} as const;

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const states = await inBook(context, periodStates);
    const periods = states.map(({ name, first, last, ...state }) => ({
      period: name,
      first: formatDay(first),
      last: formatDay(last),
      days: last - first + 1,
      ...state,
    }));
    const report = { head: {}, tables: [tableOf('periods', COLUMNS, periods)] };
    await putReport(context, report, way, { document: { periods } });
    return undefined;
  },
};
