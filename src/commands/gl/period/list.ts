import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { periodStates } from '../../../jobs/period/period.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { printJson, printTable } from '../../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const states = await inBook(context, periodStates);
    const periods = states.map(({ name, first, last, ...state }) => ({
      period: name,
      first: formatDay(first),
      last: formatDay(last),
      days: last - first + 1,
      ...state,
    }));
    if (context.json) {
      printJson(context.stdout, { periods });
      return undefined;
    }
    printTable(
      context.stdout,
      [
        { key: 'period', title: 'period' },
        { key: 'first', title: 'from' },
        { key: 'last', title: 'to' },
        { key: 'sealedDays', title: 'sealed', align: 'right' },
        { key: 'days', title: 'of days', align: 'right' },
        { key: 'status', title: 'status' },
        { key: 'by', title: 'by' },
        { key: 'at', title: 'at' },
        { key: 'reason', title: 'reason' },
        { key: 'unproven', title: 'not proven' },
      ],
      periods,
    );
    return undefined;
  },
};
