import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { recordTable, tableOf } from '../../files/report.js';
import { planNight } from '../../jobs/plan/run/dry-run.js';
import { foldersOf } from '../../jobs/plan/run/places.js';
import { foldersInForce } from '../../jobs/plan/run/registered-files.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Flags extends ReportFlags {
  readonly date: string;
}

const COLUMNS = {
  job: 'text',
  state: 'text',
  needs: 'text',
  always: 'text',
  command: 'text',
  files: 'text',
  filesBy: ['time', 'files by'],
  opens: 'time',
  closes: 'time',
  deadline: 'time',
  timeOut: ['text', 'time out'],
  tries: 'count',
  accept: 'text',
} as const;

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    configureReport(cmd.argument('<plan>').requiredOption('--date <date>'));
  },
  async run(context, [plan], flags) {
    const way = wayOut(context, flags);
    const date = dayOption('--date', flags.date)!;
    const folders = foldersOf(context.bookFolder, context.env);
    const { jobs, ...night } = await inBook(context, async (client) =>
      planNight(client, plan, date, await foldersInForce(client, folders)),
    );
    if (!night.isDate) context.note(`${formatDay(date)} is no business date of the plan.`);
    const shown = jobs.map((job) => ({ ...job, always: job.always ? 'always' : '' }));
    const kinds = { date: 'date', due: 'time' } as const;
    const head = recordTable('night', { ...night, isDate: night.isDate ? 'yes' : 'no' }, kinds, {
      inWords: true,
    });
    const report = { head: {}, main: 'jobs', tables: [head, tableOf('jobs', COLUMNS, shown)] };
    await putReport(context, report, way, { document: { ...night, jobs } });
    return undefined;
  },
};
