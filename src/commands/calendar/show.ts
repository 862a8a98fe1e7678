import { listCalendarYears } from '../../jobs/book/calendar-years.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson, printTable } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const years = await inBook(context, listCalendarYears);
    if (context.json) {
      printJson(context.stdout, { years });
      return undefined;
    }
    if (years.length === 0) context.note('No year is loaded.');
    const days = years.flatMap((year) => [
      ...year.holidays.map((date) => ({ date, what: 'holiday' })),
      ...year.workdays.map((date) => ({ date, what: 'working day' })),
    ]);
    printTable(
      context.stdout,
      [
        { key: 'date', title: 'date' },
        { key: 'what', title: 'what' },
      ],
      days.sort((a, b) => a.date.localeCompare(b.date, 'en')),
    );
    return undefined;
  },
};
