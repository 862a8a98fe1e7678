import { tableOf } from '../../files/report.js';
import { listCalendarYears } from '../../jobs/book/calendar-years.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const years = await inBook(context, listCalendarYears);
    if (years.length === 0) context.note('No year is loaded.');
    const days = years.flatMap((year) => [
      ...year.holidays.map((date) => ({ date, what: 'holiday' })),
      ...year.workdays.map((date) => ({ date, what: 'working day' })),
    ]);
    days.sort((a, b) => a.date.localeCompare(b.date, 'en'));
    const report = { head: {}, tables: [tableOf('days', { date: 'date', what: 'text' }, days)] };
    await putReport(context, report, way, { document: { years } });
    return undefined;
  },
};
